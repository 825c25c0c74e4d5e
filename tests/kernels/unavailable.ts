/** What the machine is made of cannot be had here: nothing is wrong with the project. */
export class Unavailable extends Error {}
