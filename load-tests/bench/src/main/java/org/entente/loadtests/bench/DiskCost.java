package org.entente.loadtests.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.entente.loadtests.federation.Federation;

/**
 * Disk cost of a message of 1 KiB at sender and recipient: the bytes that the system counts as
 * written by each process, including log and compaction, and the growth of the ledger's folder
 * after the gateway has stopped. File sizes are counted, so data that fits into a preallocated file
 * appears smaller.
 */
final class DiskCost {
  private static final int WINDOW = 2_000;
  private static final int PART = 4;

  private final Federation federation;
  private final int messages;
  private final Results results;
  private final Consumer<String> say;
  private final Rounds rounds = new Rounds("bytes of a message of 1 KiB", Subject.ENTENTE);

  DiskCost(Federation federation, int messages, Results results, Consumer<String> say) {
    this.federation = federation;
    this.messages = messages;
    this.results = results;
    this.say = say;
  }

  /** Sends some messages, so that the ledgers have their files, and then the measured ones. */
  void run() throws InterruptedException {
    say.accept("bytes on the disks");
    DirectLink.start(federation);
    send("first", messages / PART);
    stop();
    long sender = size(GatewayChain.FROM);
    long recipient = size(GatewayChain.TO);
    federation.start(GatewayChain.GATEWAYS);
    long senderWrote = wrote(GatewayChain.FROM);
    long recipientWrote = wrote(GatewayChain.TO);
    send("second", messages);
    written("sender", wrote(GatewayChain.FROM) - senderWrote);
    written("recipient", wrote(GatewayChain.TO) - recipientWrote);
    stop();
    kept("sender", size(GatewayChain.FROM) - sender);
    kept("recipient", size(GatewayChain.TO) - recipient);
    rounds.addTo(results, say);
  }

  private void send(String name, int count) throws InterruptedException {
    org.entente.loadtests.isolation.WarningStream stream =
        new org.entente.loadtests.isolation.WarningStream(
            federation, GatewayChain.FROM, List.of(GatewayChain.TO), name, Effort.KIB, WINDOW);
    stream.subscribe();
    for (int i = 0; i < count; i++) {
      stream.send();
    }
    stream.awaitArrived(count);
  }

  private long wrote(String agency) {
    return new Usage(federation.pid(agency)).written();
  }

  private void written(String whose, long bytes) {
    rounds.add(
        "disk.written." + whose,
        whose + ": written to the disk, all files",
        "B",
        bytes / (double) messages);
  }

  private void kept(String whose, long bytes) {
    rounds.add(
        "disk.kept." + whose,
        whose + ": growth of the ledger's folder",
        "B",
        bytes / (double) messages);
  }

  private void stop() {
    federation.disconnect();
    GatewayChain.GATEWAYS.forEach(federation::stop);
  }

  private long size(String agency) {
    try (Stream<Path> files = Files.walk(federation.plan(agency).folder().resolve("data"))) {
      return files.filter(Files::isRegularFile).mapToLong(file -> file.toFile().length()).sum();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
