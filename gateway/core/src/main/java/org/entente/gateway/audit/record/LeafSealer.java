package org.entente.gateway.audit.record;

/**
 * Seals what stands behind a leaf under a key that dies with its bucket, and opens it until then.
 *
 * <p>Sealing must authenticate the index, so that two leaves cannot be exchanged. It is done by the
 * ledger's writer thread alone.
 */
public interface LeafSealer extends LeafOpener {

  /**
   * Encrypts the plaintext of the leaf at an index. The array is wiped by the caller afterwards.
   */
  byte[] seal(long index, byte[] plaintext);
}
