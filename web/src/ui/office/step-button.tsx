import { Icon } from "../parts/icon";

const BACK = "M14.5 6l-6 6 6 6";
const ON = "M9.5 6l6 6-6 6";

export interface StepButtonProps {
  readonly back?: boolean;
  readonly label: string;
  readonly onPress: () => void;
}

/** To the day or week before, or after. */
export function StepButton({ back = false, label, onPress }: StepButtonProps) {
  return (
    <button type="button" class="button plain office-arrow" aria-label={label} title={label} onClick={onPress}>
      <Icon of={back ? BACK : ON} />
    </button>
  );
}
