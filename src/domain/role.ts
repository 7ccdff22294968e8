/** What a process of the fleet does. */
export const roles = ['scheduler', 'worker', 'observer', 'sweeper'] as const;
export type Role = (typeof roles)[number];
