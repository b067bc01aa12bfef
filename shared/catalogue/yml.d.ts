declare module '*/switchyard.yml' {
  const source: import('./generated/types.ts').CatalogueSource;
  export default source;
}
