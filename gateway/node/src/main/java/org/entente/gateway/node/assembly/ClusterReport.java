package org.entente.gateway.node.assembly;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.JsonFormat;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.entente.gateway.cluster.ClusterStatus;
import org.entente.gateway.cluster.ClusterStatus.Machine;
import org.entente.gateway.cluster.ClusterStatus.Role;
import org.entente.proto.v1.ClusterMachine;
import org.entente.proto.v1.ClusterRole;
import org.entente.proto.v1.ClusterState;

/** A cluster's status in the words and forms that operators get. */
final class ClusterReport {
  /** Entries that a machine may lack for a moment under load. */
  private static final long MOST_BEHIND = 10_000;

  private static final String TWO =
      "cluster: two machines run this gateway, and the loss of either stops it: add a third, or"
          + " remove one";

  private ClusterReport() {}

  /**
   * What a leader says of machines that need an operator; nothing elsewhere.
   *
   * @param mostSilent silence after which a machine is likely to be down
   */
  static List<String> warnings(ClusterStatus status, Duration mostSilent) {
    if (status.role() != Role.LEADER) {
      return List.of();
    }
    Stream<String> two = status.machines().size() == 2 ? Stream.of(TWO) : Stream.of();
    return Stream.concat(
            two,
            status.machines().stream()
                .filter(one -> !one.name().equals(status.node()))
                .flatMap(one -> warning(one, mostSilent).stream()))
        .toList();
  }

  private static Optional<String> warning(Machine one, Duration mostSilent) {
    Duration silence = one.silence().orElse(Duration.ZERO);
    if (silence.compareTo(mostSilent) > 0) {
      return Optional.of(
          "cluster: %s (%s) has not answered for %d s"
              .formatted(one.name(), one.address(), silence.toSeconds()));
    }
    if (one.behind() > MOST_BEHIND) {
      return Optional.of(
          "cluster: %s (%s) is %d entries of the log behind"
              .formatted(one.name(), one.address(), one.behind()));
    }
    // What only this machine and one that is lost have is lost with either.
    return one.hasKeys().filter(has -> !has).isPresent()
        ? Optional.of(
            "cluster: the keys of %s (%s) are not confirmed: stop no other machine before they are"
                .formatted(one.name(), one.address()))
        : Optional.empty();
  }

  /**
   * Why a machine cannot take the lead now; empty if it can. A transfer that fails stops commits
   * for as long as it is tried.
   *
   * @param mostSilent silence after which a machine is not asked
   */
  static Optional<String> unfit(Machine one, Duration mostSilent) {
    Duration silence = one.silence().orElse(Duration.ZERO);
    if (silence.compareTo(mostSilent) > 0) {
      return Optional.of(
          "%s (%s) has not answered for %d ms: start it, or name another machine"
              .formatted(one.name(), one.address(), silence.toMillis()));
    }
    return one.behind() > MOST_BEHIND
        ? Optional.of(
            "%s (%s) is %d entries of the log behind: wait until it has caught up, or name another"
                    .formatted(one.name(), one.address(), one.behind())
                + " machine")
        : Optional.empty();
  }

  /**
   * Why a machine cannot be replaced now; empty if it is down. One that runs, and knows only of the
   * machines before, could make a second leader with others that do not know more.
   *
   * @param mostSilent silence after which a machine is likely to be down
   */
  static Optional<String> running(Machine one, Duration mostSilent) {
    Duration silence = one.silence().orElse(Duration.ZERO);
    return silence.compareTo(mostSilent) > 0
        ? Optional.empty()
        : Optional.of(
            "%s (%s) answered %d ms ago: stop it first, for good"
                .formatted(one.name(), one.address(), silence.toMillis()));
  }

  /**
   * The state of a machine.
   *
   * @param status empty if it has left its cluster
   * @param commits of the ledger, applied here
   * @param notes why it does not serve, or warnings
   */
  static ClusterState state(
      String node,
      Optional<ClusterStatus> status,
      boolean serves,
      long commits,
      List<String> notes) {
    ClusterState.Builder state =
        ClusterState.newBuilder()
            .setNode(node)
            .setServes(serves)
            .setCommits(commits)
            .addAllNotes(notes);
    status.ifPresent(
        known -> {
          state
              .setRole(role(known.role()))
              .setLeader(known.leader().orElse(""))
              .setTerm(known.term());
          known.machines().forEach(one -> state.addMachines(machine(one)));
        });
    return state.build();
  }

  private static ClusterRole role(Role role) {
    return switch (role) {
      case LEADER -> ClusterRole.CLUSTER_ROLE_LEADER;
      case FOLLOWER -> ClusterRole.CLUSTER_ROLE_FOLLOWER;
      case CANDIDATE -> ClusterRole.CLUSTER_ROLE_CANDIDATE;
    };
  }

  private static ClusterMachine machine(Machine one) {
    ClusterMachine.Builder machine =
        ClusterMachine.newBuilder()
            .setNode(one.name())
            .setAddress(one.address())
            .setBehind(one.behind());
    one.silence().ifPresent(silence -> machine.setSilentMs(silence.toMillis()));
    one.hasKeys().ifPresent(machine::setKeysConfirmed);
    return machine.build();
  }

  /** As protobuf JSON, with a line end. */
  static String json(ClusterState state) {
    try {
      return JsonFormat.printer().print(state) + "\n";
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("a message without Any is always printed", e);
    }
  }

  /** The warnings that belong to a cluster, among those of a node. */
  static Stream<String> about(List<String> warnings) {
    return warnings.stream()
        .filter(one -> one.startsWith("cluster:") || one.startsWith("erasures:"));
  }
}
