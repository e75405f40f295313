package org.entente.gateway.store;

/** A key and its value; both are copies that belong to the caller. */
public final class KeyValue {
  private final byte[] key;
  private final byte[] value;

  /** Takes both arrays over. */
  public KeyValue(byte[] key, byte[] value) {
    this.key = key;
    this.value = value;
  }

  /** The key. */
  public byte[] key() {
    return key;
  }

  /** The value. */
  public byte[] value() {
    return value;
  }
}
