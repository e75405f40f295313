package org.entente.gateway.seal.keys;

import java.util.Comparator;
import java.util.regex.Pattern;

/** Name of an entry: kind and id. Sorted by kind, then by id: the order in the file. */
record KeyName(KeyKind kind, String id) implements Comparable<KeyName> {
  static final int LONGEST_ID = 128;
  private static final Comparator<KeyName> ORDER =
      Comparator.comparingInt((KeyName name) -> name.kind().code()).thenComparing(KeyName::id);

  private static final Pattern ID = Pattern.compile("[A-Za-z0-9._:/@-]{1," + LONGEST_ID + "}");

  KeyName {
    if (!ID.matcher(id).matches()) {
      throw new IllegalArgumentException(
          "a key id is 1 to " + LONGEST_ID + " of A-Z a-z 0-9 . _ : / @ -");
    }
  }

  /** Whether this is the key of a part of another's data, which ends with that. */
  boolean isPartOf(KeyName whole) {
    return kind == KeyKind.STORAGE_PART
        && whole.kind == KeyKind.STORAGE
        && id.startsWith(whole.id + "/");
  }

  @Override
  public int compareTo(KeyName other) {
    return ORDER.compare(this, other);
  }

  @Override
  public String toString() {
    return kind + " " + id;
  }
}
