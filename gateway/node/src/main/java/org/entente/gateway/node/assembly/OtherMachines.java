package org.entente.gateway.node.assembly;

import java.util.List;
import org.entente.gateway.cluster.MachineKeystore;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.Result;
import org.entente.gateway.store.FileMirror;

/** The other machines that run this gateway, of which one may lead. Safe for many threads. */
public interface OtherMachines {
  /** Those of a gateway that runs on one machine, whose attachments nobody checks. */
  OtherMachines NONE = new None(FileMirror.ALONE);

  /** Whether a machine leads; refused unless it does, or can now. */
  Result<Boolean> leads(String node);

  /**
   * Whether the machines have changed so; refused unless they have, or can now. Waits for an answer
   * of a machine that is to join.
   */
  Result<Boolean> isMade(MachineChange change);

  /** All machines of the cluster, this one and one that joins it included; none without one. */
  List<String> names();

  /** Keystores that were given keys, and are not what their machine has now; none without one. */
  List<MachineKeystore> formerKeystores();

  /** Changes the machines, which may take long: this returns at once. */
  void make(MachineChange change);

  /** Passes the lead to a machine soon: this returns before, so that a caller gets its answer. */
  void passLeadTo(String node);

  /** Their attachments, for as long as this machine leads in a term. */
  FileMirror files(long term);

  /** Those of a gateway that runs on one machine. */
  final class None implements OtherMachines {
    private final FileMirror files;

    None(FileMirror files) {
      this.files = files;
    }

    @Override
    public Result<Boolean> leads(String node) {
      return alone();
    }

    private Result<Boolean> alone() {
      return Result.refused(
          Code.NOT_CONFIGURED, "", "this gateway runs on one machine; `cluster` is not configured");
    }

    @Override
    public Result<Boolean> isMade(MachineChange change) {
      return alone();
    }

    @Override
    public List<String> names() {
      return List.of();
    }

    @Override
    public List<MachineKeystore> formerKeystores() {
      return List.of();
    }

    @Override
    public void make(MachineChange change) {
      throw new IllegalStateException("there is no other machine");
    }

    @Override
    public void passLeadTo(String node) {
      throw new IllegalStateException("there is no other machine");
    }

    @Override
    public FileMirror files(long term) {
      return files;
    }
  }
}
