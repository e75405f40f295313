package org.entente.gateway.cluster;

import java.io.IOException;
import java.security.SecureRandom;
import java.util.List;
import org.entente.gateway.seal.keys.KeyDescription;
import org.entente.gateway.seal.keys.KeyEntry;
import org.jspecify.annotations.Nullable;

/**
 * The keys of one node, as the leader of a term reads and changes them. Every call names the term;
 * a node that knows of a later one refuses it with {@link IOException}.
 */
interface KeyNode {
  /**
   * The state of the keys, without the secrets.
   *
   * @throws IOException if there is no answer in time
   */
  State state(long term) throws IOException;

  /**
   * Some of the named keys, as many as fit into one answer and at least one if there is one. The
   * caller closes them.
   *
   * @throws IOException if there is no answer in time
   */
  List<KeyEntry> fetch(long term, List<KeyDescription> names) throws IOException;

  /**
   * Makes a change, durably, unless the keys are not in the state that it expects.
   *
   * @return what it holds after it
   * @throws IOException if there is no answer in time; then it may be made or not
   */
  Held change(Change change) throws IOException;

  /**
   * The state of a node's keys in one run of its process. Keys may be lost or restored between two
   * runs, so nothing that an earlier run said counts for a later one.
   *
   * @param run a random number
   */
  record Held(KeyTag tag, long run) {
    Held at(KeyTag other) {
      return new Held(other, run);
    }
  }

  /** A number for a run. */
  static long newRun() {
    return new SecureRandom().nextLong() & Long.MAX_VALUE;
  }

  /**
   * The state of a node's keys.
   *
   * @param keystore the number of its keystore ({@link MachineKeystore})
   * @param known keystores that were given keys, as this one knows
   */
  record State(KeyTag tag, List<Print> keys, long keystore, List<MachineKeystore> known) {}

  /**
   * A key without its secret.
   *
   * @param hash SHA-256 of a label and the secret, in hexadecimal digits
   */
  record Print(KeyDescription key, String hash) {}

  /**
   * A change of keys.
   *
   * @param call rises with each call of the leader; one that comes late is refused
   * @param before what the node must hold; null for anything
   * @param after the state that it brings about; null for one in between, which has no name
   * @param put keys that are added, or replace those of their names
   * @param gone keys that are destroyed
   * @param known keystores that are given keys, or were; a node notes them before the change
   */
  record Change(
      long term,
      long call,
      @Nullable Held before,
      @Nullable KeyTag after,
      List<KeyEntry> put,
      List<KeyDescription> gone,
      List<MachineKeystore> known) {}
}
