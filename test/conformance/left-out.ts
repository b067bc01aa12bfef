/** Whether `CONFORMANCE_SKIP` (services, comma separated) says that an endpoint is not to be asked for a service. */
export const isLeftOut = (service: string): boolean => (process.env['CONFORMANCE_SKIP'] ?? '').split(',').includes(service);
