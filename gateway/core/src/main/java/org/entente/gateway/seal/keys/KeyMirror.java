package org.entente.gateway.seal.keys;

import java.io.IOException;
import java.util.List;

/**
 * Takes the changes of a {@link Keystore} to those of other nodes. Called under the lock of the
 * keystore, except for {@link #unconfirmed}: so one change follows another.
 */
public interface KeyMirror {
  /**
   * A change is about to be made. On return enough other nodes have made it durably, so that it
   * outlives this node.
   *
   * @param put keys that are added, or replace those of their names; closed by the caller after
   *     this returns
   * @param gone keys that are destroyed
   * @throws IOException if it may not be made; then it is not made here
   */
  void change(List<KeyEntry> put, List<KeyDescription> gone) throws IOException;

  /**
   * The change is on this node's disk.
   *
   * @throws IOException if that could not be noted
   */
  void changed() throws IOException;

  /**
   * Nodes that have not confirmed that they made all changes so far, by name. Waits a limited time
   * for their answers.
   */
  List<String> unconfirmed();
}
