package org.entente.gateway.command;

import static org.entente.gateway.federation.RunningFederation.DE;
import static org.entente.gateway.federation.RunningFederation.FR;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.entente.gateway.cli.RootCommand;
import org.entente.gateway.federation.RunningFederation;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.testkit.CuttableProxy;
import org.entente.gateway.testkit.LoopbackPort;
import org.entente.gateway.testkit.RequestSamples;
import org.entente.proto.v1.Category;
import org.entente.proto.v1.EvidenceKind;
import org.entente.proto.v1.Label;
import org.entente.proto.v1.Outcome;
import org.entente.proto.v1.Purpose;
import org.entente.proto.v1.RiskGrpc;
import org.entente.proto.v1.ScoreMessageRequest;
import org.entente.proto.v1.Wanted;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import picocli.CommandLine;

/** Commands that follow a stream go on when the gateway is back: nothing is lost or said twice. */
class FollowingCommandsTest {
  private static final Duration LONG = Duration.ofDays(9);
  private static final Duration STEP = Duration.ofMinutes(5);

  @RegisterExtension final RunningFederation federation = new RunningFederation();

  @AutoClose("shutdownNow")
  private final ExecutorService threads = Executors.newCachedThreadPool();

  private final Map<String, Integer> ports = new TreeMap<>();

  @BeforeEach
  void mint() throws IOException {
    for (String agency : List.of(FR, DE)) {
      int port = LoopbackPort.next();
      ports.put(agency, port);
      Path config = federation.config(agency);
      Files.writeString(
          config,
          Files.readString(config).replace("clients: 127.0.0.1:0", "clients: 127.0.0.1:" + port));
    }
    federation.start(FR, DE);
  }

  /** A command that runs in a thread of this process. */
  private final class Running {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private final CompletableFuture<Integer> exit;

    Running(String agency, String... words) {
      this(agency, portOf(agency), words);
    }

    Running(String agency, int port, String... words) {
      List<String> args = new ArrayList<>(List.of(words));
      args.add("--gateway=127.0.0.1:" + port);
      args.add("--credentials=" + federation.credentials(agency));
      CommandLine line = RootCommand.commandLine(args.toArray(String[]::new));
      line.setOut(new PrintWriter(out, true));
      line.setErr(new PrintWriter(err, true));
      exit =
          CompletableFuture.supplyAsync(() -> line.execute(args.toArray(String[]::new)), threads);
    }

    List<String> lines() {
      return out.toString().lines().toList();
    }

    List<String> told() {
      return err.toString().lines().toList();
    }

    void await(String what, Predicate<List<String>> printed) {
      federation.await(what + " in " + lines() + told(), () -> printed.test(lines()));
    }

    void awaitLoss() {
      federation.await("the loss", () -> !told().isEmpty());
    }

    int end() throws Exception {
      return exit.get(90, TimeUnit.SECONDS);
    }
  }

  private static Predicate<List<String>> has(String text) {
    return lines -> lines.stream().anyMatch(line -> line.contains(text));
  }

  private static void assertOnce(Running command, String... texts) {
    for (String text : texts) {
      assertEquals(
          1,
          command.lines().stream().filter(line -> line.contains(text)).count(),
          () -> text + " in " + command.lines());
    }
  }

  private int portOf(String agency) {
    return Objects.requireNonNull(ports.get(agency), agency);
  }

  private void assertOneLoss(Running command, String agency, String place) {
    assertEquals(1, command.told().size(), command.told()::toString);
    String told = command.told().get(0);
    String lost = "entente: lost the stream from 127.0.0.1:" + portOf(agency) + ": ";
    assertTrue(told.startsWith(lost) && told.endsWith("; retrying from " + place), told);
  }

  @Test
  void tail_goesOnFromItsCursor() throws Exception {
    federation.send(FR, "before", LONG, DE);
    Running tail = new Running(DE, "tail", "--cursor=night", "--count=3");
    tail.await("the first", has("before"));

    federation.stop(DE);
    tail.awaitLoss();
    federation.send(FR, "meanwhile", LONG, DE);
    federation.start(DE);
    tail.await("the second", has("meanwhile"));
    federation.send(FR, "after", LONG, DE);

    federation.await("its end", tail.exit::isDone);
    assertEquals(0, tail.end(), tail.told()::toString);
    assertOnce(tail, "before", "meanwhile", "after");
    assertEquals(3, tail.lines().size(), tail.lines()::toString);
    assertOneLoss(tail, DE, "position 2");
  }

  /** A new cursor begins now; the option in each later call leaves nothing out. */
  @Test
  void tail_thatSkipsWhatIsStored_printsWhatArrivesAfterItsFirstStart() throws Exception {
    MessageId stored = federation.send(FR, "stored", LONG, DE);
    federation.awaitEvidence(FR, stored, EvidenceKind.EVIDENCE_KIND_DELIVERY, DE);
    Running first = new Running(DE, "tail", "--cursor=late", "--skip-stored", "--count=1");
    federation.await("it subscribes", () -> federation.metric(DE, "entente_subscribers") == 1);
    federation.send(FR, "during", LONG, DE);
    federation.await("its end", first.exit::isDone);
    assertOnce(first, "during");

    MessageId away = federation.send(FR, "while away", LONG, DE);
    federation.awaitEvidence(FR, away, EvidenceKind.EVIDENCE_KIND_DELIVERY, DE);
    Running second = new Running(DE, "tail", "--cursor=late", "--skip-stored", "--count=1");
    federation.await("its end", second.exit::isDone);
    assertOnce(second, "while away");

    Running both = new Running(DE, "tail", "--skip-stored", "--from=1");
    assertEquals(2, both.end());
    assertTrue(both.told().get(0).contains("--skip-stored: cannot be"), both.told()::toString);
  }

  /** Nobody says that the gateway stops: the connection breaks, and again while it is mended. */
  @Test
  void connectionThatBreaks_isMadeAgain_andToldOfOnce() throws Exception {
    try (CuttableProxy proxy = new CuttableProxy(() -> portOf(DE))) {
      federation.send(FR, "before", LONG, DE);
      Running tail = new Running(DE, proxy.port(), "tail", "--count=2");
      tail.await("the first", has("before"));
      long accepted = proxy.accepted();
      proxy.refuse(true);
      proxy.cut();
      federation.await("three attempts", () -> proxy.accepted() >= accepted + 3);
      proxy.refuse(false);
      federation.send(FR, "after", LONG, DE);
      federation.await("its end", tail.exit::isDone);
      assertEquals(0, tail.end(), tail.told()::toString);
      assertOnce(tail, "before", "after");
      assertEquals(1, tail.told().size(), tail.told()::toString);
    }
  }

  /** The cursor of the replay stood elsewhere: it goes on where the replay was. */
  @Test
  void replay_thatWasPrinted_isNotBegunAgain() throws Exception {
    federation.send(FR, "first", LONG, DE);
    federation.send(FR, "second", LONG, DE);
    federation.receive(DE, 2);
    Running tail = new Running(DE, "tail", "--from=2", "--count=2");
    tail.await("the second", has("second"));
    federation.stop(DE);
    tail.awaitLoss();
    federation.start(DE);
    federation.send(FR, "third", LONG, DE);
    federation.await("its end", tail.exit::isDone);
    assertOnce(tail, "second", "third");
    assertEquals(2, tail.lines().size(), tail.lines()::toString);
  }

  @Test
  void gatewayThatNeverAnswered_endsTheCommandAtOnce() throws Exception {
    federation.stop(DE);
    Running tail = new Running(DE, "tail");
    assertEquals(4, tail.end());
    assertTrue(
        tail.told().get(0).contains("nothing listens at this address"), tail.told()::toString);
  }

  /** What another attempt does not mend ends the command, also after a loss. */
  @Test
  void clientThatIsGoneAfterTheRestart_endsTheCommand() throws Exception {
    Running tail = new Running(DE, "tail");
    federation.await("it subscribes", () -> federation.metric(DE, "entente_subscribers") == 1);
    federation.stop(DE);
    tail.awaitLoss();
    Path config = federation.config(DE);
    Files.writeString(
        config, Files.readString(config).replace("[publish, subscribe, ", "[publish, "));
    federation.start(DE);
    assertEquals(3, tail.end());
    assertEquals(2, tail.told().size(), tail.told()::toString);
    assertTrue(tail.told().get(1).contains("SCOPE_MISSING"), tail.told()::toString);
  }

  @Test
  void trackAndUnopened_goOnWithWhatIsNew() {
    MessageId id = federation.send(FR, "a warning", LONG, Duration.ofHours(1), DE);
    federation.awaitEvidence(FR, id, EvidenceKind.EVIDENCE_KIND_DELIVERY, DE);
    federation.pass(Duration.ofHours(2), STEP);
    Running track = new Running(FR, "track", id.toString(), "--follow");
    Running unopened = new Running(FR, "unopened", "--follow");
    track.await("its delivery", has(" DELIVERY "));
    unopened.await("the first", has(id.toString()));

    federation.stop(FR);
    track.awaitLoss();
    unopened.awaitLoss();
    federation.start(FR);
    MessageId other = federation.send(FR, "another", LONG, Duration.ofHours(1), DE);
    federation.awaitEvidence(FR, other, EvidenceKind.EVIDENCE_KIND_DELIVERY, DE);
    federation.pass(Duration.ofHours(2), STEP);
    unopened.await("the second", has(other.toString()));
    federation.receive(DE, 2);
    track.await("its retrieval", has(" RETRIEVAL "));

    assertOnce(track, " SUBMISSION_ACCEPTANCE ", " DELIVERY ", " RETRIEVAL ");
    assertOnce(unopened, id.toString(), other.toString());
    assertOneLoss(unopened, FR, "message 2");
    assertEquals(1, track.told().size(), track.told()::toString);
  }

  private void score(MessageId id, int perMille) {
    var unused =
        RiskGrpc.newBlockingStub(federation.channel(DE))
            .scoreMessage(
                ScoreMessageRequest.newBuilder()
                    .setMessageId(ByteString.copyFrom(id.bytes()))
                    .setPerMille(perMille)
                    .setModel("ports")
                    .setModelVersion("3.1")
                    .setAutomated(true)
                    .build());
  }

  @Test
  void scores_thatAreMadeWhileItIsAway_arePrinted() {
    MessageId id = federation.send(FR, "a container", LONG, DE);
    federation.receive(DE, 1);
    Running follow =
        new Running(DE, "risk", "follow", "--officer=DE-3", "--justification=case 12/26");
    AtomicInteger made = new AtomicInteger();
    federation.await(
        "it follows",
        () -> {
          score(id, made.incrementAndGet());
          return !follow.lines().isEmpty();
        });

    federation.stop(DE);
    follow.awaitLoss();
    federation.start(DE);
    score(id, 910);
    follow.await("one of meanwhile or after", has(" 91.0 "));
    score(id, 920);
    follow.await("the last", has(" 92.0 "));

    assertOnce(follow, " 91.0 ", " 92.0 ");
    assertEquals(follow.lines().size(), Set.copyOf(follow.lines()).size());
    assertEquals(1, follow.told().size(), follow.told()::toString);
    assertTrue(follow.told().get(0).contains("; retrying from number "), follow.told()::toString);
  }

  private void ask(String key, Duration within) {
    Label.Builder label =
        RequestSamples.asks()
            .setCaseRef(key)
            .setCategory(Category.CATEGORY_PUBLIC_WARNING)
            .setPurpose(Purpose.PURPOSE_PUBLIC_SAFETY);
    Outcome outcome =
        federation.publish(
            FR,
            RequestSamples.draft(
                    key,
                    label,
                    RequestSamples.request(
                        Wanted.WANTED_HIT_NO_HIT, federation.clock.instant().plus(within)),
                    DE)
                .build());
    assertTrue(outcome.hasAccepted(), outcome::toString);
    federation.receive(DE, 1);
  }

  @Test
  void reminders_goOnWithWhatIsNew() {
    Duration tenHours = Duration.ofHours(10);
    ask("first", tenHours);
    federation.pass(tenHours.dividedBy(2), STEP);
    Running reminders = new Running(DE, "request", "reminders", "--follow");
    reminders.await("half of it", has("50 % of its time is over"));

    federation.stop(DE);
    reminders.awaitLoss();
    federation.start(DE);
    federation.pass(tenHours.dividedBy(2), STEP);
    reminders.await("all of it", has("OVERDUE"));

    assertOnce(reminders, "50 % of its time is over", "OVERDUE");
    assertOneLoss(reminders, DE, "reminder 2");
  }
}
