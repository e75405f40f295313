package org.entente.gateway.node.assembly;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.entente.gateway.cluster.ClusterNode;
import org.entente.gateway.config.ClusterConfig;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.InvalidValue;
import org.entente.gateway.model.NameSuggestion;
import org.entente.gateway.model.Result;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Puts machines into the places of others, while this one leads. Safe for many threads. */
final class MachineReplacement {
  private static final Logger LOG = LoggerFactory.getLogger(MachineReplacement.class);

  private final String self;
  private final ClusterNode node;
  private final Duration mostSilent;
  private @Nullable Thread running;
  private String note = "";
  private String newest = "";

  /**
   * The replacements of one stay in a cluster.
   *
   * @param mostSilent silence after which a machine is likely to be down
   */
  MachineReplacement(String self, ClusterNode node, Duration mostSilent) {
    this.self = self;
    this.node = node;
    this.mostSilent = mostSilent;
  }

  /** Whether it has been done already; refused unless it can be done now. */
  Result<Boolean> check(String old, ClusterConfig.Machine next) {
    if (isRunning()) {
      // Also while the new one is listed already: it counts once the change is committed.
      return notReady("", "a machine is being replaced: see `entente cluster status`");
    }
    Map<String, String> machines = node.machines();
    if (!machines.containsKey(old)) {
      return next.address().equals(machines.get(next.name()))
          ? Result.done(true)
          : unknown(old, machines);
    }
    if (machines.containsKey(next.name())) {
      return Result.refused(
          Code.INVALID_FIELD,
          "new_node",
          next.name() + " is a machine of the cluster; a new one needs a name of its own");
    }
    if (machines.entrySet().stream()
        .anyMatch(one -> one.getValue().equals(next.address()) && !one.getKey().equals(old))) {
      return Result.refused(
          Code.INVALID_FIELD,
          "address",
          next.address() + " is the address of another machine of the cluster");
    }
    return ready(old, next);
  }

  private static Result<Boolean> unknown(String old, Map<String, String> machines) {
    return Result.refused(
        Code.INVALID_FIELD,
        "node",
        "no machine \"%s\"; %s"
            .formatted(
                InvalidValue.printable(old),
                NameSuggestion.of(old, List.copyOf(machines.keySet()))));
  }

  private Result<Boolean> ready(String old, ClusterConfig.Machine next) {
    if (old.equals(self)) {
      return notReady("node", old + " leads: pass the lead first, with `entente cluster transfer`");
    }
    Optional<String> runs =
        node.status()
            .flatMap(status -> status.machine(old))
            .flatMap(one -> ClusterReport.running(one, mostSilent));
    return runs.isPresent() ? notReady("node", runs.get()) : answers(next);
  }

  private Result<Boolean> answers(ClusterConfig.Machine next) {
    try {
      node.requireAnswer(next.name(), next.address());
      return Result.done(false);
    } catch (IOException e) {
      LOG.info("{} does not answer at {}", next.name(), next.address(), e);
      return notReady(
          "address",
          "%s (%s) does not answer as a machine of this gateway: start it with `cluster.join: true`"
              .formatted(next.name(), next.address()));
    }
  }

  private static Result<Boolean> notReady(String field, String why) {
    return Result.refused(Code.NOT_READY, field, why);
  }

  private synchronized boolean isRunning() {
    return running != null && running.isAlive();
  }

  /** Begins; returns at once. */
  synchronized void start(String old, ClusterConfig.Machine next) {
    newest = next.name();
    note = "%s takes the place of %s: it gets keys and a copy".formatted(next.name(), old);
    running = new Thread(() -> replace(old, next), "cluster-replacement");
    running.setDaemon(true);
    running.start();
  }

  /** The machine that is about to take the place of another, if there is one. */
  synchronized Optional<String> joining() {
    return isRunning() ? Optional.of(newest) : Optional.empty();
  }

  private void replace(String old, ClusterConfig.Machine next) {
    try {
      node.replace(old, next.name(), next.address());
      LOG.info("{} has taken the place of {}", next.name(), old);
      note("");
    } catch (IOException | RuntimeException e) {
      // The edge of the thread: the operator is told, and may try again.
      LOG.warn("{} did not take the place of {}", next.name(), old, e);
      note(
          "%s did not take the place of %s: repeat `entente cluster replace` (%s)"
              .formatted(next.name(), old, e.getMessage()));
    }
  }

  private synchronized void note(String text) {
    note = text;
  }

  /** What runs, or how the last one failed, unless another leader has done it since. */
  synchronized Optional<String> note() {
    boolean done = !isRunning() && node.machines().containsKey(newest);
    return Optional.of(note).filter(text -> !text.isEmpty() && !done);
  }
}
