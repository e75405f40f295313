package org.entente.gateway.bridge.format;

/**
 * A part that a conversion between CAP and a message, or between versions of CAP, changes or omits.
 *
 * @param line line of the CAP document, from 1; 0 if it does not come from one
 * @param path element path in a CAP document ({@code alert/info/web}, {@code alert/@version}), or
 *     path in a message ({@code label.requested_action}); at most 200 characters
 * @param what what the conversion does with it, in words; at most 300 characters without control
 *     characters
 */
public record UnmappedValue(int line, String path, String what) {
  private static final int PATH = 200;
  private static final int WHAT = 300;

  public UnmappedValue {
    path = PrintableText.cut(path, PATH);
    what = PrintableText.cut(what, WHAT);
  }

  /** {@code file:line: path: what}; without the line if there is none. */
  public String in(String file) {
    return file + (line == 0 ? "" : ":" + line) + ": " + this;
  }

  /** {@code path: what}. */
  @Override
  public String toString() {
    return path + ": " + what;
  }
}
