package org.entente.gateway.feature.operator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.entente.gateway.deliver.Sink;
import org.entente.gateway.deliver.Subscriptions;
import org.entente.gateway.ledger.table.QuarantineTable;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.Problem;
import org.entente.gateway.policy.decide.Permitted;
import org.entente.gateway.policy.decide.PermittedFixture;
import org.entente.gateway.testkit.ReceiveKit;
import org.entente.proto.v1.Alert;
import org.entente.proto.v1.AlertText;
import org.entente.proto.v1.Body;
import org.entente.proto.v1.Delivery;
import org.entente.proto.v1.Filter;
import org.entente.proto.v1.Kind;
import org.entente.proto.v1.Label;
import org.entente.proto.v1.MessageType;
import org.entente.proto.v1.OpenCursor;
import org.entente.proto.v1.Severity;
import org.entente.proto.v1.SubscribeResponse;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What is said later of a message and a subscription with a filter: in whichever order it comes, as
 * far back as a chain is followed, and by members that lie.
 */
class FollowUpsTest {
  private static final OpenCursor SEVERE =
      OpenCursor.newBuilder()
          .setCursor("severe")
          .setFilter(
              Filter.newBuilder()
                  .addKinds(Kind.KIND_ALERT)
                  .setMinimumSeverity(Severity.SEVERITY_SEVERE))
          .build();

  @TempDir private Path folder;
  @AutoClose private QuarantineNode aside;

  @BeforeEach
  void start() throws IOException {
    aside = new QuarantineNode(folder, QuarantineTable.Limits.DEFAULT);
  }

  private Permitted alert(String headline, Severity severity, Lane lane, Label.Builder more) {
    Body body =
        Body.newBuilder()
            .setAlert(
                Alert.newBuilder()
                    .addTexts(AlertText.newBuilder().setLanguage("en").setHeadline(headline)))
            .build();
    return PermittedFixture.permitted(
        MessageId.fresh(ReceiveKit.ORIGIN, aside.now.toEpochMilli(), new SecureRandom()),
        ReceiveKit.ORIGIN,
        lane,
        more.setKind(Kind.KIND_ALERT).setSeverity(severity).build(),
        body,
        aside.now,
        "sample",
        30,
        ReceiveKit.SELF.value());
  }

  private Permitted severe(String headline) {
    return alert(headline, Severity.SEVERITY_EXTREME, Lane.PRIORITY, Label.newBuilder());
  }

  private Permitted updateOf(Permitted target, String headline) {
    return alert(
        headline,
        Severity.SEVERITY_MINOR,
        Lane.FLASH,
        Label.newBuilder()
            .setMessageType(MessageType.MESSAGE_TYPE_UPDATE)
            .setReferences(ByteString.copyFrom(target.messageId().bytes())));
  }

  /** The first is a message, each that follows an update of the one before. */
  private List<Permitted> chain(int updates) {
    List<Permitted> chain = new ArrayList<>(List.of(severe("first")));
    for (int i = 1; i <= updates; i++) {
      chain.add(updateOf(chain.get(i - 1), "update " + i));
    }
    return chain;
  }

  private void come(Permitted message) {
    aside.kit.handOver(aside.sealed(message));
    // What comes anew is committed behind it.
    aside.ledger.commit(Lane.ROUTINE, tx -> tx);
    assertTrue(aside.isKept(message.messageId()));
  }

  /** What the subscription is given now, all of which it acknowledges. */
  private List<String> given(OpenCursor cursor) {
    QuarantineNode.Stream stream = aside.stream(cursor);
    for (Delivery delivery : stream.given()) {
      assertEquals(Optional.empty(), stream.subscription().acknowledge(delivery.getPosition()));
    }
    var unused =
        aside.subscriptions.closed("desk", cursor.getCursor(), stream.subscription()).join();
    return stream.given().stream().map(FollowUpsTest::words).toList();
  }

  private static String words(Delivery delivery) {
    return delivery.getBody().hasRecall()
        ? "recall"
        : delivery.getBody().getAlert().getTexts(0).getHeadline();
  }

  private static List<String> updates(int from, int last) {
    return IntStream.rangeClosed(from, last).mapToObj(i -> "update " + i).toList();
  }

  private static List<String> sorted(List<String> words) {
    return words.stream().sorted().toList();
  }

  @Test
  void changes_thatOvertakeWhatTheyChange_comeAnewBehindIt() {
    List<Permitted> chain = chain(2);
    come(chain.get(1));
    come(chain.get(2));
    come(severe("before"));
    assertEquals(List.of("before"), given(SEVERE), "the others concern nothing that is here");

    come(chain.get(0));
    assertEquals(List.of("first", "update 1", "update 2"), sorted(given(SEVERE)));
    assertEquals(List.of(), given(SEVERE), "once");
  }

  /** Its wake is all that a stream hears: nothing else arrives. */
  @Test
  void openStream_isGivenWhatComesAnew_withoutAnyFurtherArrival() throws InterruptedException {
    List<Permitted> chain = chain(2);
    BlockingQueue<String> given = new LinkedBlockingQueue<>();
    Sink sink =
        new Sink() {
          @Override
          public boolean ready() {
            return true;
          }

          @Override
          public void send(SubscribeResponse response) {
            given.add(response.hasCaughtUp() ? "caught up" : words(response.getDelivery()));
          }

          @Override
          public void schedule(Runnable turn, int passed) {
            ForkJoinPool.commonPool().execute(turn);
          }

          @Override
          public void end(Problem problem) {
            given.add(problem.message());
          }
        };
    Subscriptions.OpenResult opened = aside.subscriptions.open("desk", SEVERE, sink);
    ((Subscriptions.OpenResult.Held) opened).subscription().wake();
    assertEquals("caught up", given.poll(20, TimeUnit.SECONDS));
    come(chain.get(2));
    come(chain.get(1));
    come(chain.get(0));
    Set<String> anew = new TreeSet<>();
    while (anew.size() < 3) {
      anew.add(String.valueOf(given.poll(20, TimeUnit.SECONDS)));
    }
    assertEquals(Set.of("first", "update 1", "update 2"), anew);
  }

  @Test
  void chain_isFollowedEightStepsBack_andNoFurther() {
    List<Permitted> chain = chain(9);
    chain.forEach(this::come);
    List<String> expected = new ArrayList<>(List.of("first"));
    expected.addAll(updates(1, 8));
    assertEquals(sorted(expected), sorted(given(SEVERE)));
  }

  /** Last first: each brings those that follow it anew, and the message eight of them. */
  @Test
  void chain_thatComesTheOtherWayRound_isGivenAsFar() {
    List<Permitted> chain = chain(9);
    for (int i = 9; i > 0; i--) {
      come(chain.get(i));
    }
    come(severe("before"));
    assertEquals(List.of("before"), given(SEVERE));

    come(chain.get(0));
    List<String> expected = new ArrayList<>(List.of("first"));
    expected.addAll(updates(1, 8));
    assertEquals(sorted(expected), sorted(given(SEVERE)));
  }

  /** Anybody can take back what nobody ever sent. */
  @Test
  void recall_ofWhatWasNeverHere_isGivenToThoseAloneWhoAskForRecalls() {
    Permitted here = severe("first");
    come(here);
    come(aside.recallOf(severe("never sent").messageId()));
    assertEquals(List.of("first"), given(SEVERE));
    OpenCursor recalls =
        OpenCursor.newBuilder()
            .setCursor("recalls")
            .setFilter(Filter.newBuilder().addKinds(Kind.KIND_RECALL))
            .build();
    assertEquals(List.of("recall"), given(recalls));

    come(aside.recallOf(here.messageId()));
    aside.kit.settle();
    assertEquals(List.of("recall"), given(SEVERE));
    assertEquals(List.of("recall"), given(recalls));
  }
}
