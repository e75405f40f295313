package org.entente.gateway.node.assembly;

import java.util.Optional;
import org.entente.gateway.config.ClusterConfig;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.Result;
import org.entente.proto.v1.ChangeMachinesRequest;

/**
 * A machine that leaves a cluster, one that joins it, or one that takes the place of another.
 *
 * @param leaves its name; empty if none leaves
 * @param joins empty if none joins
 */
public record MachineChange(String leaves, Optional<ClusterConfig.Machine> joins) {
  /** The change that an operator asks for. */
  static Result<MachineChange> of(ChangeMachinesRequest request) {
    if (request.getJoins().isEmpty() && request.getAddress().isEmpty()) {
      return request.getLeaves().isEmpty()
          ? Result.refused(Code.INVALID_FIELD, "leaves, joins", "names no machine")
          : Result.done(new MachineChange(request.getLeaves(), Optional.empty()));
    }
    try {
      return Result.done(
          new MachineChange(
              request.getLeaves(),
              Optional.of(new ClusterConfig.Machine(request.getJoins(), request.getAddress()))));
    } catch (IllegalArgumentException e) {
      return Result.refused(Code.INVALID_FIELD, "joins, address", String.valueOf(e.getMessage()));
    }
  }

  /** Whether no machine leaves. */
  boolean adds() {
    return leaves.isEmpty();
  }

  /** The name of the machine that joins; empty if none does. */
  String joining() {
    return joins.map(ClusterConfig.Machine::name).orElse("");
  }

  /** What is done, for the audit log. */
  String action() {
    if (joins.isEmpty()) {
      return "removes machine %s from the cluster".formatted(leaves);
    }
    String next = "%s (%s)".formatted(joining(), joins.get().address());
    return adds()
        ? "adds machine %s to the cluster".formatted(next)
        : "replaces machine %s of the cluster by %s".formatted(leaves, next);
  }

  /** What goes on, for an operator. */
  String progress() {
    if (joins.isEmpty()) {
      return "%s leaves the cluster".formatted(leaves);
    }
    return adds()
        ? "%s joins the cluster: it gets keys and a copy".formatted(joining())
        : "%s takes the place of %s: it gets keys and a copy".formatted(joining(), leaves);
  }

  /** That it failed, with the command to repeat. */
  String failure() {
    if (joins.isEmpty()) {
      return "%s did not leave the cluster: repeat `entente cluster remove`".formatted(leaves);
    }
    return adds()
        ? "%s did not join the cluster: repeat `entente cluster add`".formatted(joining())
        : "%s did not take the place of %s: repeat `entente cluster replace`"
            .formatted(joining(), leaves);
  }
}
