export interface FactProps {
  readonly name: string;
  readonly value: string;
}

/** One line of a list of facts (`<dl>`). */
export function Fact({ name, value }: FactProps) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}
