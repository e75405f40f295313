package org.entente.gateway.cluster;

import java.time.Duration;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.apache.ratis.proto.RaftProtos.CommitInfoProto;
import org.apache.ratis.proto.RaftProtos.RaftPeerProto;
import org.apache.ratis.proto.RaftProtos.RoleInfoProto;
import org.apache.ratis.proto.RaftProtos.ServerRpcProto;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.DivisionInfo;
import org.apache.ratis.server.RaftServer;

/**
 * What a node knows of its cluster at one moment.
 *
 * @param node this node
 * @param leader the leader that it follows, or is; empty while it knows of none
 * @param term the latest term that it knows of
 * @param machines all nodes, by name
 */
public record ClusterStatus(
    String node, Role role, Optional<String> leader, long term, List<Machine> machines) {

  /** What a node does. */
  public enum Role {
    LEADER,
    FOLLOWER,
    /** Knows of no leader. */
    CANDIDATE
  }

  /**
   * Another node, or this one.
   *
   * @param behind entries of the log that it lacked when it last told, compared with the node that
   *     has most
   * @param silence since it was last heard; empty if this node does not hear it. A leader hears
   *     all, a follower its leader
   * @param hasKeys whether its keys are in the state of the leader's; empty elsewhere than on a
   *     leader that serves or is about to
   */
  public record Machine(
      String name,
      String address,
      long behind,
      Optional<Duration> silence,
      Optional<Boolean> hasKeys) {}

  /** Copies the list. */
  public ClusterStatus {
    machines = List.copyOf(machines);
  }

  /** A node of this name; empty if there is none. */
  public Optional<Machine> machine(String name) {
    return machines.stream().filter(one -> one.name().equals(name)).findFirst();
  }

  /**
   * The status as Ratis tells it.
   *
   * @param nodes addresses of all nodes by name
   * @param lacking nodes whose keys are not those of this leader; empty if it is none
   */
  static ClusterStatus of(
      RaftServer.Division division, Map<String, String> nodes, Optional<List<String>> lacking) {
    DivisionInfo info = division.getInfo();
    RoleInfoProto role = info.getRoleInfoProto();
    Map<String, Long> commits = commits(division.getCommitInfos());
    Map<String, Duration> silences = silences(role);
    long most = commits.values().stream().mapToLong(Long::longValue).max().orElse(0);
    return new ClusterStatus(
        name(role.getSelf()),
        role(info),
        Optional.ofNullable(info.getLeaderId()).map(RaftPeerId::toString),
        info.getCurrentTerm(),
        nodes.entrySet().stream()
            .sorted(Map.Entry.comparingByKey())
            .map(
                one ->
                    new Machine(
                        one.getKey(),
                        one.getValue(),
                        most - commits.getOrDefault(one.getKey(), 0L),
                        Optional.ofNullable(silences.get(one.getKey())),
                        lacking.map(names -> !names.contains(one.getKey()))))
            .toList());
  }

  private static Role role(DivisionInfo info) {
    if (info.isLeader()) {
      return Role.LEADER;
    }
    return info.isFollower() ? Role.FOLLOWER : Role.CANDIDATE;
  }

  private static Map<String, Long> commits(Collection<CommitInfoProto> infos) {
    Map<String, Long> commits = new HashMap<>();
    infos.forEach(one -> commits.merge(name(one.getServer()), one.getCommitIndex(), Math::max));
    return commits;
  }

  private static Map<String, Duration> silences(RoleInfoProto role) {
    Map<String, Duration> silences = new HashMap<>();
    role.getLeaderInfo()
        .getFollowerInfoList()
        .forEach(one -> silences.put(name(one), silence(one)));
    if (role.hasFollowerInfo() && role.getFollowerInfo().hasLeaderInfo()) {
      ServerRpcProto leader = role.getFollowerInfo().getLeaderInfo();
      silences.put(name(leader), silence(leader));
    }
    return silences;
  }

  private static String name(ServerRpcProto other) {
    return name(other.getId());
  }

  private static String name(RaftPeerProto peer) {
    return peer.getId().toStringUtf8();
  }

  private static Duration silence(ServerRpcProto other) {
    return Duration.ofMillis(other.getLastRpcElapsedTimeMs());
  }

  /** Nodes that this leader heard within a time, the furthest first; none if it does not lead. */
  List<String> heard(Duration within) {
    return role != Role.LEADER
        ? List.of()
        : machines.stream()
            .filter(one -> one.silence().isPresent() && isWithin(one, within))
            .sorted(
                Comparator.comparingLong(Machine::behind)
                    .thenComparing(one -> one.silence().orElse(Duration.ZERO)))
            .map(Machine::name)
            .toList();
  }

  /**
   * Whether a leader goes on if a machine leaves: most of the machines before, and most of those
   * after, have answered and are fit.
   *
   * @param fit whether a machine has answered lately, and has most of the log
   */
  public boolean goesOnWithout(String name, Predicate<Machine> fit) {
    Set<String> others =
        machines.stream()
            .map(Machine::name)
            .filter(one -> !one.equals(node))
            .collect(Collectors.toSet());
    List<String> able =
        role != Role.LEADER
            ? List.of()
            : machines.stream()
                .filter(one -> one.silence().isPresent() && fit.test(one))
                .map(Machine::name)
                .toList();
    return Quorum.of(others).without(name).isReachedWith(able);
  }

  private static boolean isWithin(Machine one, Duration within) {
    return one.silence().orElse(Duration.ZERO).compareTo(within) <= 0;
  }
}
