package org.entente.gateway.cli.audit;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.List;
import org.entente.gateway.cli.failure.CommandFailure;
import org.entente.proto.v1.ExportedLeaf;

/**
 * The leaves that a report reads from a node. They are bounded as in a file, since a gateway may
 * give any number of them. For one thread.
 */
final class ReportedLeaves {
  private final long most;
  private final List<ExportedLeaf> leaves = new ArrayList<>();
  private long bytes;

  /**
   * No leaves at first.
   *
   * @param most bytes that their lines may have in an export
   */
  ReportedLeaves(long most) {
    this.most = most;
  }

  /**
   * Adds a leaf.
   *
   * @throws CommandFailure if an export of all would be too long
   */
  void add(ExportedLeaf leaf) {
    bytes += ExportLine.of(leaf).getBytes(UTF_8).length + 1L;
    if (bytes > most) {
      throw new CommandFailure(
          "an export of these records is longer than "
              + most
              + " bytes, the most that a report may have; report shorter periods");
    }
    leaves.add(leaf);
  }

  List<ExportedLeaf> all() {
    return List.copyOf(leaves);
  }
}
