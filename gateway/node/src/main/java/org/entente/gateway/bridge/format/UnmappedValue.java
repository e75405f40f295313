package org.entente.gateway.bridge.format;

/**
 * Something that does not go over as it stands when an alert goes from CAP into a message, from a
 * message into CAP, or from one version of CAP to the other: left out, cut or put in other words.
 *
 * @param line line of the CAP document, from 1; 0 where it does not come from one
 * @param path element path in a CAP document ({@code alert/info/web}, {@code alert/@version}), or
 *     path in a message ({@code label.requested_action}); at most 200 characters
 * @param what what becomes of it, in words; at most 300 characters, none of them a control
 *     character
 */
public record UnmappedValue(int line, String path, String what) {
  private static final int PATH = 200;
  private static final int WHAT = 300;

  public UnmappedValue {
    path = PrintableText.cut(path, PATH);
    what = PrintableText.cut(what, WHAT);
  }

  /** {@code file:line: path: what}; without the line where there is none. */
  public String in(String file) {
    return file + (line == 0 ? "" : ":" + line) + ": " + this;
  }

  /** {@code path: what}. */
  @Override
  public String toString() {
    return path + ": " + what;
  }
}
