package org.entente.gateway.node.console;

import java.util.List;

/**
 * A field of a form.
 *
 * @param type as of an HTML input, or {@link #CHOICE}
 * @param value as it was typed; of a check box not empty if it is checked
 * @param options of a choice; an empty one means any
 * @param hint an example or what is valid; empty for none
 * @param max most characters of a text
 */
public record FormField(
    String name,
    String label,
    String type,
    String value,
    List<String> options,
    String hint,
    int max,
    boolean required) {
  /** The type of a choice among options. */
  public static final String CHOICE = "select";

  /** The type of a check box. */
  public static final String CHECK = "checkbox";

  public FormField {
    options = List.copyOf(options);
  }

  static FormField text(PageRequest typed, String name, String label, int max) {
    return new FormField(name, label, "text", typed.field(name), List.of(), "", max, false);
  }

  static FormField time(PageRequest typed, String name, String label) {
    return new FormField(
        name, label, "datetime-local", typed.field(name), List.of(), "", 40, false);
  }

  static FormField choice(PageRequest typed, String name, String label, List<String> options) {
    return new FormField(name, label, CHOICE, typed.field(name), options, "", 0, false);
  }

  static FormField check(PageRequest typed, String name, String label) {
    return new FormField(name, label, CHECK, typed.field(name), List.of(), "", 0, false);
  }

  /** The same with an example or what is valid. */
  FormField hinted(String text) {
    return new FormField(name, label, type, value, options, text, max, required);
  }

  /** The same, which must be filled in. */
  FormField needed() {
    return new FormField(name, label, type, value, options, hint, max, true);
  }

  /** The same with a value where none was typed. */
  FormField or(String usual) {
    return value.isEmpty()
        ? new FormField(name, label, type, usual, options, hint, max, required)
        : this;
  }
}
