/** The source of all our events: nobody else's role may use it on this bus. */
export const SOURCE = 'switchyard';

/** Of what is said again in the words of CDEvents: who listens to outcomes does not hear it. */
export const CDEVENTS_SOURCE = 'switchyard.cdevents';
