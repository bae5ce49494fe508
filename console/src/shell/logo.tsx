/** The mark: a P whose foot is a balance line. */
export function Logo({ size = 22 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 24 24" aria-hidden="true">
      <rect width="24" height="24" rx="6" fill="var(--accent-fill)" />
      <path
        d="M8 18.5V6h5a4 4 0 0 1 0 8H8"
        fill="none"
        stroke="#fff"
        strokeWidth="2.4"
        strokeLinecap="round"
        strokeLinejoin="round"
      />
      <path d="M5.5 17h5" stroke="#fff" strokeWidth="2" strokeLinecap="round" />
    </svg>
  );
}
