package org.entente.loadtests.scenario.action;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import io.grpc.ManagedChannel;
import io.grpc.stub.AbstractStub;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.entente.gateway.cli.failure.CommandFailure;
import org.entente.loadtests.federation.Federation;
import org.entente.loadtests.traffic.AgencyCount;
import org.entente.loadtests.traffic.Publication;
import org.entente.loadtests.traffic.Tally;
import org.entente.loadtests.traffic.TrafficSubscriber;
import org.entente.proto.v1.Accepted;
import org.entente.proto.v1.Delivery;
import org.entente.proto.v1.Draft;
import org.entente.proto.v1.Kind;
import org.entente.proto.v1.MessageType;
import org.entente.proto.v1.Outcome;
import org.entente.proto.v1.Permit;
import org.entente.proto.v1.RecallResponse;

/**
 * A scenario's running federation, with its clients and its known messages. Every client with scope
 * {@code subscribe} subscribes to all messages that it may see, acknowledges them, and subscribes
 * again when its gateway goes away. Used by one thread; closing ends the subscribers.
 */
public final class ScenarioFederation implements AutoCloseable {
  /** How long a step waits for what it expects. */
  public static final Duration PATIENCE = Duration.ofSeconds(20);

  /** Shorter texts may occur in files by chance. */
  private static final int TELLING = 12;

  private static final Pattern READABLE = Pattern.compile("[ -~]{20,}");

  private final Federation federation;
  private final boolean exercise;
  private final Path folder;
  private final Map<ClientRef, ManagedChannel> channels = new HashMap<>();
  private final Map<ClientRef, Feed> feeds = new TreeMap<>();
  private final List<TrafficSubscriber> subscribers = new ArrayList<>();
  private final Map<String, ByteString> ids = new HashMap<>();
  private final Map<ByteString, String> names = new HashMap<>();
  private final Set<String> texts = new TreeSet<>();
  private final ObjectNames things = new ObjectNames();
  private final Set<List<String>> askedForConsent = new HashSet<>();
  private final Set<String> restored = new HashSet<>();
  private final Tally tally = new Tally();
  private final Reactions reactions = new Reactions();
  private final ScheduledExecutorService timer = Executors.newScheduledThreadPool(1);

  public ScenarioFederation(Federation federation, boolean exercise, Path folder) {
    this.federation = federation;
    this.exercise = exercise;
    this.folder = folder;
  }

  /** A file that belongs to the scenario. */
  public Path file(String name) {
    return folder.resolve(name);
  }

  public Federation federation() {
    return federation;
  }

  /** Whether all messages are exercises. */
  public boolean exercise() {
    return exercise;
  }

  /** Named objects besides messages. */
  public ObjectNames things() {
    return things;
  }

  public Reactions reactions() {
    return reactions;
  }

  /** Starts all gateways; returns when they are ready and all cursors are open. */
  public void begin() throws InterruptedException {
    federation.start(federation.agencies());
    for (String agency : federation.agencies()) {
      federation
          .plan(agency)
          .scopes()
          .forEach(
              (client, scopes) -> {
                if (scopes.contains("subscribe")) {
                  subscribe(new ClientRef(agency, client));
                }
              });
    }
    for (TrafficSubscriber subscriber : subscribers) {
      if (!subscriber.awaitOpened(PATIENCE.toSeconds())) {
        throw new CommandFailure("a subscriber's cursor is not open in time");
      }
    }
  }

  private void subscribe(ClientRef client) {
    Feed feed = new Feed(client, reactions);
    feeds.put(client, feed);
    for (boolean training : new boolean[] {false, true}) {
      TrafficSubscriber subscriber =
          new TrafficSubscriber(
              client.agency(),
              training,
              List.of(),
              federation.channel(client.agency(), client.client()),
              timer,
              tally,
              feed);
      subscribers.add(subscriber);
      subscriber.begin();
    }
  }

  public ManagedChannel channel(ClientRef client) {
    return channels.computeIfAbsent(client, it -> federation.channel(it.agency(), it.client()));
  }

  /** A stub whose calls wait, for a limited time, for a gateway that is starting. */
  public <S extends AbstractStub<S>> S patient(S stub) {
    return stub.withWaitForReady().withDeadlineAfter(PATIENCE.toSeconds(), TimeUnit.SECONDS);
  }

  public Feed feed(ClientRef client) {
    Feed feed = feeds.get(client);
    if (feed == null) {
      throw new IllegalStateException("checked before: " + client + " subscribes");
    }
    return feed;
  }

  /**
   * The id of a message.
   *
   * @throws CommandFailure if it has none because the step that names it failed
   */
  public ByteString id(String name) {
    ByteString id = ids.get(name);
    if (id == null) {
      throw new CommandFailure("there is no message " + name + ": it was not published");
    }
    return id;
  }

  /** The scenario's name for a message; its id in hexadecimal if it has none. */
  public String name(ByteString id) {
    return names.getOrDefault(id, HexFormat.of().formatHex(id.toByteArray()));
  }

  private void named(String name, ByteString id) {
    ids.put(name, id);
    names.put(id, name);
  }

  /** Remembers the texts of a draft, whatever its outcome. */
  public void content(Draft draft) {
    texts(draft.getLabel());
    texts(draft.getBody());
    // A document is bytes to the gateways; its readable parts must not be found either.
    String document =
        draft.getBody().getDocument().getContent().toString(StandardCharsets.ISO_8859_1);
    READABLE.matcher(document).results().map(MatchResult::group).forEach(texts::add);
  }

  private void texts(Message message) {
    MessageTexts.of(message).stream().filter(text -> text.length() >= TELLING).forEach(texts::add);
  }

  /** All texts of published labels and bodies, except short ones. */
  public Set<String> texts() {
    return new TreeSet<>(texts);
  }

  /** A draft has its outcome. */
  public void published(String name, String publisher, Draft draft, Outcome outcome, long begun) {
    if (!outcome.getMessageId().isEmpty()) {
      named(name, outcome.getMessageId());
      reactions.begun(outcome.getMessageId(), name, begun);
    }
    if (draft.getLabel().getMessageType() == MessageType.MESSAGE_TYPE_RESTRICTION) {
      tally.mayComeAnew(draft.getLabel().getReferences());
    }
    tally.answered(Publication.of(name, publisher, "scenario", draft), outcome);
  }

  /** A second person has decided on a held message. */
  public void decided(String name, String publisher, Outcome outcome) {
    tally.answered(
        Publication.of(name + ":decided", publisher, "scenario", Draft.getDefaultInstance()),
        outcome);
  }

  /** Notes a recall. */
  public void recalled(String name, String publisher, RecallResponse recall, long begun) {
    named(name, recall.getRecallId());
    reactions.begun(recall.getRecallId(), name, begun);
    made(publisher, recall.getRecallId(), recall.getRecipientsList());
  }

  /** A gateway has made a message itself, which goes to these agencies. */
  public void made(String publisher, ByteString id, Collection<String> recipients) {
    Accepted.Builder accepted = Accepted.newBuilder();
    recipients.forEach(agency -> accepted.addPermits(Permit.newBuilder().setAgency(agency)));
    String key = HexFormat.of().formatHex(id.toByteArray()) + recipients;
    tally.answered(
        Publication.of(key, publisher, "scenario", Draft.getDefaultInstance()),
        Outcome.newBuilder().setMessageId(id).setAccepted(accepted).build());
  }

  /** Notes that an agency requests an originator's consent and will receive the decision. */
  public void asks(String asker, String originator) {
    askedForConsent.add(List.of(asker, originator));
  }

  /** A gateway's ledger is set back: it asks members of its operations for rosters. */
  public void restored(String agency) {
    restored.add(agency);
  }

  /**
   * Permits rosters that are sent again or returned after a restore; no client learns their ids.
   */
  private void rostersAfterRestore() {
    feeds.forEach(
        (client, feed) -> {
          for (Delivery it : feed.all()) {
            String origin = it.getLabel().getOrigin();
            if (it.getLabel().getKind() == Kind.KIND_ROSTER
                && (restored.contains(origin) || restored.contains(client.agency()))) {
              made(origin, it.getLabel().getMessageId(), List.of(client.agency()));
            }
          }
        });
  }

  /** Permits notices of consent to their possible recipients; no client learns their ids. */
  private void consentNotices() {
    feeds.forEach(
        (client, feed) -> {
          for (Delivery it : feed.all()) {
            String origin = it.getLabel().getOrigin();
            if (it.getLabel().getKind() == Kind.KIND_CONSENT
                && askedForConsent.contains(List.of(client.agency(), origin))) {
              made(origin, it.getLabel().getMessageId(), List.of(client.agency()));
            }
          }
        });
  }

  /** Counts of each agency that has subscribers. */
  public Map<String, AgencyCount> counts() {
    consentNotices();
    rostersAfterRestore();
    Map<String, AgencyCount> counts = new TreeMap<>();
    feeds.keySet().forEach(client -> counts.put(client.agency(), tally.count(client.agency())));
    return counts;
  }

  @Override
  public void close() {
    subscribers.forEach(TrafficSubscriber::close);
    timer.shutdownNow();
    federation.disconnect();
  }
}
