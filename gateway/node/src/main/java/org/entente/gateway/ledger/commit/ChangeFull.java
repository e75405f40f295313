package org.entente.gateway.ledger.commit;

/** A change puts more than {@link Transaction#mostBytes}. It alone is undone. */
public final class ChangeFull extends IllegalStateException {
  private static final long serialVersionUID = 1L;

  ChangeFull(long mostBytes) {
    super("a change of more than " + mostBytes + " bytes");
  }
}
