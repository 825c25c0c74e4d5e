/** Small signs whose shape says what their colour says. Always beside a text. */
const PATHS = {
  ok: "M3.5 8.5l3 3 6-7",
  error: "M4.5 4.5l7 7m0-7l-7 7",
  partial: "M8 2.5v7M8 12.5v.5",
  live: "M3.5 8h.01M8 8h.01M12.5 8h.01",
  chevron: "M6 4l4 4-4 4",
  back: "M10 4L6 8l4 4",
  search: "M7 2.5a4.5 4.5 0 100 9 4.5 4.5 0 000-9zM10.5 10.5l3 3",
  tool: "M9.5 2.7a3.4 3.4 0 00-3.3 4.6l-4 4 1.5 1.5 4-4a3.4 3.4 0 004.4-4.4L10.2 6.3 8.7 4.800z",
  file: "M4.5 2.500h4.500l3 3v8h-7.500z",
  link: "M2.5 8h11M9.5 4l4 4-4 4",
  warning: "M8 2.500l6 11H2zM8 6.500v3M8 11.500v.01",
} as const;

export function Icon({ name }: { readonly name: keyof typeof PATHS }) {
  return (
    <svg class={`icon icon-${name}`} viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  );
}
