package org.entente.gateway.seal;

/** A received message's label and body key, opened from the local record. Closing wipes the key. */
public final class LocalMessage implements AutoCloseable {
  private final byte[] label;
  private final BodyKey bodyKey;

  LocalMessage(byte[] label, BodyKey bodyKey) {
    this.label = label;
    this.bodyKey = bodyKey;
  }

  /** A copy of the serialised label. */
  public byte[] label() {
    return label.clone();
  }

  /** The key that opens the body. */
  public BodyKey bodyKey() {
    return bodyKey;
  }

  @Override
  public void close() {
    bodyKey.close();
  }

  @Override
  public String toString() {
    return bodyKey.toString();
  }
}
