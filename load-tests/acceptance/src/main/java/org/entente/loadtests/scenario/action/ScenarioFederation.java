package org.entente.loadtests.scenario.action;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.stub.AbstractStub;
import io.grpc.stub.ClientCalls;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
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
import org.entente.proto.v1.AskConsentResponse;
import org.entente.proto.v1.ChangeOperationResponse;
import org.entente.proto.v1.CloseOperationResponse;
import org.entente.proto.v1.CreateOperationResponse;
import org.entente.proto.v1.DecideRequest;
import org.entente.proto.v1.DecideResponse;
import org.entente.proto.v1.Delivery;
import org.entente.proto.v1.Draft;
import org.entente.proto.v1.Kind;
import org.entente.proto.v1.MessageType;
import org.entente.proto.v1.OnBehalfOf;
import org.entente.proto.v1.OpenRequest;
import org.entente.proto.v1.Operation;
import org.entente.proto.v1.Outcome;
import org.entente.proto.v1.Permit;
import org.entente.proto.v1.RecallResponse;
import org.entente.proto.v1.RemindResponse;
import org.entente.proto.v1.TakeChargeRequest;
import org.entente.proto.v1.TakeChargeResponse;

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
  private final Map<ByteString, Set<String>> members = new HashMap<>();
  private final Variables variables;
  private final Set<String> texts = new TreeSet<>();
  private final Set<List<String>> askedForConsent = new HashSet<>();
  private final Set<String> restored = new HashSet<>();
  private final Tally tally = new Tally();
  private final Reactions reactions = new Reactions();
  private final ScheduledExecutorService timer = Executors.newScheduledThreadPool(1);

  public ScenarioFederation(Federation federation, boolean exercise, Path folder) {
    this.federation = federation;
    this.exercise = exercise;
    this.folder = folder;
    variables = new Variables(folder);
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

  /** What earlier steps saved for later ones. */
  public Variables variables() {
    return variables;
  }

  /**
   * The id of a message.
   *
   * @throws CommandFailure if it has none because the step that names it failed
   */
  public ByteString id(String name) {
    if (!(variables.value(name).orElse("") instanceof String id) || id.isEmpty()) {
      throw new CommandFailure("there is no message " + name + ": it was not published");
    }
    return ByteString.copyFrom(Base64.getDecoder().decode(id));
  }

  private String name(ByteString id) {
    return variables.named(base64(id)).replaceFirst("^\\$", "");
  }

  private static String base64(ByteString id) {
    return Base64.getEncoder().encodeToString(id.toByteArray());
  }

  /** Calls a method; waits, for a limited time, for a gateway that is starting. */
  public List<Message> call(ClientRef client, CalledMethod method, Message request) {
    CallOptions options =
        CallOptions.DEFAULT
            .withWaitForReady()
            .withDeadlineAfter(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    List<Message> answers = new ArrayList<>();
    ClientCalls.blockingServerStreamingCall(channel(client), method.descriptor(), options, request)
        .forEachRemaining(answers::add);
    return answers;
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
      variables.save(name, base64(outcome.getMessageId()));
      reactions.begun(outcome.getMessageId(), name, begun);
    }
    if (draft.getLabel().getMessageType() == MessageType.MESSAGE_TYPE_RESTRICTION) {
      tally.mayComeAnew(draft.getLabel().getReferences());
    }
    tally.answered(Publication.of(name, publisher, "scenario", draft), outcome);
  }

  /** Notes the messages that a gateway makes itself for a call, and reactions of persons. */
  public void answered(ClientRef client, Message request, Message answer, long begun) {
    String publisher = client.agency();
    if (answer instanceof RecallResponse it) {
      reactions.begun(it.getRecallId(), name(it.getRecallId()), begun);
      made(publisher, it.getRecallId(), it.getRecipientsList());
    } else if (answer instanceof AskConsentResponse it) {
      made(publisher, it.getConsentId(), List.of(it.getOriginator()));
      askedForConsent.add(List.of(publisher, it.getOriginator()));
    } else if (answer instanceof CreateOperationResponse it) {
      roster(publisher, it.getOperation(), it.getMessageId());
    } else if (answer instanceof ChangeOperationResponse it) {
      roster(publisher, it.getOperation(), it.getMessageId());
    } else if (answer instanceof CloseOperationResponse it) {
      roster(publisher, it.getOperation(), it.getMessageId());
    } else if (answer instanceof RemindResponse it) {
      it.getOutcomesList().forEach(outcome -> outcome(publisher, outcome));
    } else if (request instanceof TakeChargeRequest asked
        && answer instanceof TakeChargeResponse it) {
      made(publisher, it.getChargeId(), List.of(it.getOriginator()));
      reacted(publisher, asked.getOnBehalfOf(), asked.getMessageId(), word(asked, "step"));
    } else if (request instanceof DecideRequest asked && answer instanceof DecideResponse it) {
      outcome(publisher, it.getOutcome());
      reacted(publisher, asked.getOnBehalfOf(), asked.getMessageId(), word(asked, "verdict"));
    } else if (request instanceof OpenRequest asked) {
      reacted(publisher, asked.getOnBehalfOf(), asked.getMessageId(), "opened");
    }
  }

  private static String word(Message message, String field) {
    return String.valueOf(PlainMessage.of(message).get(field));
  }

  private void reacted(String agency, OnBehalfOf person, ByteString message, String what) {
    reactions.note(message, person.getOfficer() + " of " + agency, what);
  }

  private void outcome(String publisher, Outcome outcome) {
    String key = base64(outcome.getMessageId()) + outcome.getResultCase();
    tally.answered(Publication.of(key, publisher, "scenario", Draft.getDefaultInstance()), outcome);
  }

  /** A roster goes to the members before and after it. */
  private void roster(String lead, Operation operation, ByteString message) {
    Set<String> concerned =
        members.computeIfAbsent(operation.getOperationId(), it -> new TreeSet<>());
    Set<String> after = new TreeSet<>();
    operation.getMembersList().forEach(it -> after.add(it.getAgency()));
    concerned.addAll(after);
    made(lead, message, concerned.stream().filter(it -> !it.equals(lead)).toList());
    concerned.retainAll(after);
  }

  /** A gateway has made a message itself, which goes to these agencies. */
  private void made(String publisher, ByteString id, Collection<String> recipients) {
    Accepted.Builder accepted = Accepted.newBuilder();
    recipients.forEach(agency -> accepted.addPermits(Permit.newBuilder().setAgency(agency)));
    String key = base64(id) + recipients;
    tally.answered(
        Publication.of(key, publisher, "scenario", Draft.getDefaultInstance()),
        Outcome.newBuilder().setMessageId(id).setAccepted(accepted).build());
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
