package org.entente.gateway.cluster;

import java.util.function.Consumer;
import org.entente.gateway.store.Scan;

/** A scan that says when it is closed. */
final class LentScan implements Scan {
  private final Scan scan;
  private final Consumer<Scan> closed;

  LentScan(Scan scan, Consumer<Scan> closed) {
    this.scan = scan;
    this.closed = closed;
  }

  @Override
  public boolean hasNext() {
    return scan.hasNext();
  }

  @Override
  public void next() {
    scan.next();
  }

  @Override
  public byte[] key() {
    return scan.key();
  }

  @Override
  public byte[] value() {
    return scan.value();
  }

  @Override
  public void close() {
    scan.close();
    closed.accept(this);
  }
}
