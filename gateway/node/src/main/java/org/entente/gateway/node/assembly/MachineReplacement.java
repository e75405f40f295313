package org.entente.gateway.node.assembly;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.entente.gateway.cluster.ClusterNode;
import org.entente.gateway.config.ClusterConfig;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.InvalidValue;
import org.entente.gateway.model.NameSuggestion;
import org.entente.gateway.model.Result;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Adds machines to the cluster, removes them, and puts them into the places of others, while this
 * one leads. Safe for many threads.
 */
final class MachineReplacement {
  private static final Logger LOG = LoggerFactory.getLogger(MachineReplacement.class);

  private final String self;
  private final ClusterNode node;
  private final Duration mostSilent;
  private @Nullable Thread running;
  private String note = "";
  private MachineChange newest = new MachineChange("", Optional.empty());

  /**
   * The changes of one stay in a cluster.
   *
   * @param mostSilent silence after which a machine is likely to be down
   */
  MachineReplacement(String self, ClusterNode node, Duration mostSilent) {
    this.self = self;
    this.node = node;
    this.mostSilent = mostSilent;
  }

  /** Whether it has been done already; refused unless it can be done now. */
  Result<Boolean> check(MachineChange change) {
    if (isRunning()) {
      // Also while the new one is listed already: it counts once the change is committed.
      return notReady(
          "", "a machine is being added, removed or replaced: see `entente cluster status`");
    }
    Map<String, String> machines = node.machines();
    if (!change.adds() && !machines.containsKey(change.leaves())) {
      return change.joins().filter(next -> isListed(next, machines)).isPresent()
          ? Result.done(true)
          : unknown(change.leaves(), machines);
    }
    if (change.leaves().equals(self)) {
      return notReady(
          "leaves", self + " leads: pass the lead first, with `entente cluster transfer`");
    }
    return change
        .joins()
        .map(next -> joins(change, next, machines))
        .orElseGet(() -> leaves(change.leaves()));
  }

  private static boolean isListed(ClusterConfig.Machine next, Map<String, String> machines) {
    return next.address().equals(machines.get(next.name()));
  }

  private static Result<Boolean> unknown(String old, Map<String, String> machines) {
    return Result.refused(
        Code.INVALID_FIELD,
        "leaves",
        "no machine \"%s\"; %s"
            .formatted(
                InvalidValue.printable(old),
                NameSuggestion.of(old, List.copyOf(machines.keySet()))));
  }

  private Result<Boolean> joins(
      MachineChange change, ClusterConfig.Machine next, Map<String, String> machines) {
    if (change.adds() && isListed(next, machines)) {
      return Result.done(true);
    }
    if (machines.containsKey(next.name())) {
      return Result.refused(
          Code.INVALID_FIELD,
          "joins",
          next.name() + " is a machine of the cluster; a new one needs a name of its own");
    }
    if (machines.entrySet().stream()
        .anyMatch(
            one ->
                one.getValue().equals(next.address()) && !one.getKey().equals(change.leaves()))) {
      return Result.refused(
          Code.INVALID_FIELD,
          "address",
          next.address() + " is the address of another machine of the cluster");
    }
    if (change.adds() && machines.size() >= ClusterConfig.MOST_MACHINES) {
      return Result.refused(
          Code.INVALID_FIELD,
          "joins",
          "the cluster has %d machines, and cannot have more".formatted(machines.size()));
    }
    Optional<String> runs = change.adds() ? Optional.empty() : running(change.leaves());
    return runs.isPresent() ? notReady("leaves", runs.get()) : answers(next);
  }

  private Optional<String> running(String old) {
    return node.status()
        .flatMap(status -> status.machine(old))
        .flatMap(one -> ClusterReport.running(one, mostSilent));
  }

  /** Without a majority that answers, nothing would be committed any more. */
  private Result<Boolean> leaves(String old) {
    return node.status()
            .filter(
                it -> it.goesOnWithout(old, one -> ClusterReport.unfit(one, mostSilent).isEmpty()))
            .isPresent()
        ? Result.done(false)
        : notReady(
            "leaves",
            ("without %s, too few of the other machines answer and have caught up: start them, and"
                    + " wait until `entente cluster status` shows them with no entries behind")
                .formatted(old));
  }

  private Result<Boolean> answers(ClusterConfig.Machine next) {
    try {
      node.requireAnswer(next.name(), next.address());
      return Result.done(false);
    } catch (IOException e) {
      LOG.info("{} does not answer at {}", next.name(), next.address(), e);
      return notReady(
          "address",
          ("%s (%s) does not answer as a machine of this gateway: start it with"
                  + " `cluster.join: true`%s")
              .formatted(
                  next.name(),
                  next.address(),
                  node.id().map(id -> " and `cluster.id: " + id + "`").orElse("")));
    }
  }

  private static Result<Boolean> notReady(String field, String why) {
    return Result.refused(Code.NOT_READY, field, why);
  }

  private synchronized boolean isRunning() {
    return running != null && running.isAlive();
  }

  /** Begins; returns at once. */
  synchronized void start(MachineChange change) {
    newest = change;
    note = change.progress();
    running = new Thread(() -> make(change), "cluster-replacement");
    running.setDaemon(true);
    running.start();
  }

  /** The machine that is about to join, if there is one. */
  synchronized Optional<String> joining() {
    return isRunning() ? newest.joins().map(ClusterConfig.Machine::name) : Optional.empty();
  }

  private void make(MachineChange change) {
    try {
      change(change);
      LOG.info("done: {}", change.action());
      note("");
    } catch (IOException | RuntimeException e) {
      // The edge of the thread: the operator is told, and may try again.
      LOG.warn("{}", change.failure(), e);
      note("%s (%s)".formatted(change.failure(), e.getMessage()));
    }
  }

  private void change(MachineChange change) throws IOException {
    Optional<ClusterConfig.Machine> next = change.joins();
    if (next.isEmpty()) {
      node.remove(change.leaves());
    } else if (change.adds()) {
      node.add(next.get().name(), next.get().address());
    } else {
      node.replace(change.leaves(), next.get().name(), next.get().address());
    }
  }

  private synchronized void note(String text) {
    note = text;
  }

  /** What runs, or how the last one failed, unless another leader has done it since. */
  synchronized Optional<String> note() {
    boolean done = !isRunning() && isMade(node.machines().keySet());
    return Optional.of(note).filter(text -> !text.isEmpty() && !done);
  }

  private boolean isMade(Set<String> machines) {
    return newest.joins().isPresent()
        ? machines.contains(newest.joining())
        : !machines.contains(newest.leaves());
  }
}
