package org.entente.gateway.federation;

import static org.entente.gateway.federation.RunningFederation.DE;
import static org.entente.gateway.federation.RunningFederation.FR;
import static org.entente.gateway.federation.RunningFederation.HUB;
import static org.entente.gateway.federation.RunningFederation.SG;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.OutputStreamAppender;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.ByteString;
import io.grpc.StatusRuntimeException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.entente.gateway.cli.RootCommand;
import org.entente.gateway.cli.text.PrintableLogEncoder;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.testkit.HostileText;
import org.entente.proto.link.v1.Frame;
import org.entente.proto.link.v1.Hello;
import org.entente.proto.link.v1.KeyRequest;
import org.entente.proto.link.v1.Notice;
import org.entente.proto.v1.Draft;
import org.entente.proto.v1.EvidenceKind;
import org.entente.proto.v1.Lane;
import org.entente.proto.v1.OnBehalfOf;
import org.entente.proto.v1.Outcome;
import org.entente.proto.v1.SearchGrpc;
import org.entente.proto.v1.SearchRequest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;

/**
 * Threat 64: hostile text of a member over its own link, and of a client, through what operators
 * read: the log as the gateway encodes it, metrics, the pages of the admin port, answers and
 * commands.
 */
class HostileTextPathTest {
  private static final Pattern SAMPLE =
      Pattern.compile("#.*|[a-z0-9_]+(\\{([a-z_]+=\"[^\"\\\\]*\",?)*})? [-+0-9.eEaNIinfy]+");

  @RegisterExtension final RunningFederation federation = new RunningFederation(HUB, SG, FR);

  private final LoggerContext logging = (LoggerContext) LoggerFactory.getILoggerFactory();
  private final Logger root = logging.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
  private final Logger own = logging.getLogger("org.entente");
  private final ByteArrayOutputStream log = new ByteArrayOutputStream();
  private final OutputStreamAppender<ILoggingEvent> appender = new OutputStreamAppender<>();

  /** As {@code logback.xml} has it, and every line of the gateway's own. */
  @BeforeEach
  void capture() {
    PrintableLogEncoder encoder = new PrintableLogEncoder();
    encoder.setContext(logging);
    encoder.start();
    appender.setContext(logging);
    appender.setEncoder(encoder);
    appender.setOutputStream(log);
    appender.start();
    root.addAppender(appender);
    own.setLevel(Level.TRACE);
  }

  @AfterEach
  void release() {
    root.detachAppender(appender);
    appender.stop();
    own.setLevel(null);
  }

  @Test
  void textOfAMember_andOfAClient_forgesNoLine_noSeries_andSteersNothing() throws Exception {
    try (HostileStream hostile = new HostileStream(federation)) {
      hostile.greet();
      for (String text : HostileText.ALL) {
        speak(hostile, text);
      }
      delivered();
      assertFalse(hostile.isEnded(), "the stream may carry other traffic");
    }
    for (String text : HostileText.ALL) {
      own.warn("from {}", text);
      pretend(text);
      ask(text);
      command(text);
    }
    delivered();
    read();
    lines();
  }

  /** Every text that a frame of the control stream has. */
  private static void speak(HostileStream hostile, String text) {
    ByteString bytes = ByteString.copyFromUtf8(text);
    hostile.say(notice(text, FR, bytes));
    hostile.say(notice(DE, text, bytes));
    hostile.say(notice(DE, FR, bytes));
    hostile.say(
        Frame.newBuilder()
            .setNotice(
                Notice.newBuilder()
                    .setFrom(DE)
                    .setTo(FR)
                    .setKeyRequest(KeyRequest.newBuilder().setAgency(text))));
    hostile.say(Frame.newBuilder().setNotice(Notice.newBuilder().setFrom(DE).setKeyBundle(bytes)));
    hostile.say(Frame.newBuilder().setFreshness(bytes));
  }

  private static Frame.Builder notice(String from, String to, ByteString signed) {
    return Frame.newBuilder()
        .setNotice(Notice.newBuilder().setFrom(from).setTo(to).setSignedNotice(signed));
  }

  /** A stream that begins under another name. */
  private void pretend(String text) throws Exception {
    try (HostileStream hostile = new HostileStream(federation)) {
      hostile.say(
          Frame.newBuilder()
              .setHello(Hello.newBuilder().setProtocol(1).setAgency(text).setGateway(text)));
      federation.await("refused", hostile::isEnded);
    }
  }

  /** Answers to clients: outcomes, statuses and their details. */
  private void ask(String text) {
    Draft.Builder draft = federation.draft("plain", Duration.ofDays(1), SG).toBuilder();
    draft.setIdempotencyKey(text).getLabelBuilder().setCaseRef(text).setAgreement(text);
    draft.getToBuilder().addAgencies(text);
    draft.getOnBehalfOfBuilder().setOfficer(text).setJustification(text);
    assertEquals(List.of(), HostileText.steering(published(draft.build())));
    StatusRuntimeException status =
        assertThrows(
            StatusRuntimeException.class,
            () ->
                SearchGrpc.newBlockingStub(federation.channel(FR))
                    .search(
                        SearchRequest.newBuilder()
                            .setSubject(text)
                            .setOnBehalfOf(
                                OnBehalfOf.newBuilder()
                                    .setOfficer("FR-1")
                                    .setJustification("case 1"))
                            .build()));
    assertNotNull(status.getStatus().getDescription());
    assertEquals(List.of(), HostileText.steering(status.getStatus().getDescription()));
    assertEquals(List.of(), HostileText.steering(String.valueOf(status.getTrailers())));
  }

  /** Why a draft is not accepted; one that is too large has no outcome. */
  private String published(Draft draft) {
    try {
      Outcome outcome = federation.publish(FR, draft);
      assertTrue(outcome.hasInvalid(), outcome::toString);
      return outcome.getInvalid().getField() + outcome.getInvalid().getMessage();
    } catch (StatusRuntimeException e) {
      return String.valueOf(e.getStatus().getDescription());
    }
  }

  private void command(String text) {
    String gateway = "127.0.0.1:" + federation.gateway(FR).clientAddress().getPort();
    String credentials = federation.credentials(FR).toString();
    for (List<String> words :
        List.of(
            List.of("open", text, "--officer", "FR-1", "--justification", "case 1"),
            List.of("search", "--case", text, "--officer", "FR-1", "--justification", text),
            List.of("search", "--subject", text, "--officer", text, "--justification", "case 1"),
            List.of("search", "--from", text, "--officer", "FR-1", "--justification", "case 1"))) {
      StringWriter printed = new StringWriter();
      PrintWriter out = new PrintWriter(printed);
      String[] all =
          Stream.concat(
                  words.stream(),
                  List.of("--gateway", gateway, "--credentials", credentials).stream())
              .toArray(String[]::new);
      CommandLine line = RootCommand.commandLine(all).setOut(out).setErr(out);
      line.execute(all);
      assertEquals(List.of(), HostileText.steering(printed.toString()), printed::toString);
      assertFalse(printed.toString().contains("\nforged"), printed::toString);
    }
  }

  private void delivered() {
    MessageId sent = federation.send(FR, "honest", Lane.LANE_FLASH, Duration.ofDays(1), SG);
    federation.awaitEvidence(FR, sent, EvidenceKind.EVIDENCE_KIND_DELIVERY, SG);
  }

  private void read() {
    String metrics = federation.scrape(FR, "metrics");
    assertEquals(
        List.of(), metrics.lines().filter(line -> !SAMPLE.matcher(line).matches()).toList());
    assertEquals(List.of(), HostileText.steering(metrics));
    assertFalse(metrics.contains("forged"), "no series of text that others choose");
    for (String page : List.of("readyz", "healthz")) {
      assertEquals(List.of(), HostileText.steering(federation.scrape(FR, page)), page);
    }
  }

  private void lines() throws IOException {
    String printed = log.toString(StandardCharsets.UTF_8);
    assertEquals(List.of(), HostileText.steering(printed));
    assertFalse(printed.isEmpty());
    for (String line : printed.split("\n", -1)) {
      if (!line.isEmpty()) {
        assertTrue(new ObjectMapper().readTree(line).has("level"), line);
        assertFalse(line.startsWith("forged"), line);
      }
    }
  }
}
