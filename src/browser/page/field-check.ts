/**
 * Says at the field itself, in the page's words, that what stands in it will not do, as soon as it is typed: its form is not sent with it.
 *
 * @param isRight not asked of an empty field: whether one may be empty says `required`
 */
export function checkField(field: HTMLInputElement | HTMLTextAreaElement, isRight: (text: string) => boolean, says: string): void {
  const check = () => field.setCustomValidity(field.value === "" || isRight(field.value) ? "" : says);
  field.addEventListener("input", check);
  check();
}
