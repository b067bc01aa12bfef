/** Receivers of webhooks. */
export const HOOKS = 'hooks.example.com';

/** Hosts of those who are told. */
export const RECEIVERS = ['slack.com', HOOKS] as const;

/** Functions that tell them, each with a queue of its own. */
export const NOTIFIERS = ['notify-slack', 'notify-webhooks'] as const;
