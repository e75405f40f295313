package org.entente.gateway.audit.record;

/**
 * Encrypts the record of a leaf under a key that is erased with its bucket, and opens it until
 * then.
 *
 * <p>Sealing must authenticate the index, so that two leaves cannot be swapped. Only the ledger's
 * writer thread seals.
 */
public interface LeafSealer extends LeafOpener {

  /** Encrypts the plaintext of the leaf at an index. The caller wipes the array afterwards. */
  byte[] seal(long index, byte[] plaintext);
}
