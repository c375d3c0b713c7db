/** Find every viewer on the page and hand it to its module. */
export function mountViewers() {}
