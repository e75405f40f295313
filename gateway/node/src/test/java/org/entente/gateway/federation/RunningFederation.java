package org.entente.gateway.federation;

import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;
import com.google.protobuf.util.Timestamps;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.entente.gateway.client.Channels;
import org.entente.gateway.client.Credentials;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.node.assembly.Gateway;
import org.entente.gateway.testkit.LoopbackPort;
import org.entente.gateway.testkit.MemoryFolders;
import org.entente.gateway.testkit.SettableClock;
import org.entente.gateway.trust.JoinRequest;
import org.entente.gateway.trust.Member;
import org.entente.proto.v1.Acknowledge;
import org.entente.proto.v1.Alert;
import org.entente.proto.v1.AlertText;
import org.entente.proto.v1.Body;
import org.entente.proto.v1.Category;
import org.entente.proto.v1.Classification;
import org.entente.proto.v1.Delivery;
import org.entente.proto.v1.Draft;
import org.entente.proto.v1.EvidenceGrpc;
import org.entente.proto.v1.EvidenceItem;
import org.entente.proto.v1.EvidenceKind;
import org.entente.proto.v1.FollowRequest;
import org.entente.proto.v1.FollowResponse;
import org.entente.proto.v1.KeysGrpc;
import org.entente.proto.v1.Kind;
import org.entente.proto.v1.Label;
import org.entente.proto.v1.Lane;
import org.entente.proto.v1.OnBehalfOf;
import org.entente.proto.v1.OpenCursor;
import org.entente.proto.v1.Outcome;
import org.entente.proto.v1.PublishRequest;
import org.entente.proto.v1.PublisherGrpc;
import org.entente.proto.v1.Purpose;
import org.entente.proto.v1.RenewKeysRequest;
import org.entente.proto.v1.RenewKeysResponse;
import org.entente.proto.v1.SubscribeRequest;
import org.entente.proto.v1.SubscribeResponse;
import org.entente.proto.v1.SubscriberGrpc;
import org.entente.proto.v1.TrackRequest;
import org.entente.proto.v1.WatchUnopenedRequest;
import org.entente.proto.v1.WatchUnopenedResponse;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Real gateways in this process, over real sockets, TLS and disks, that share a clock which the
 * test moves: {@code fr.customs} and {@code de.customs} linked directly, {@code sg.police} behind
 * the transit {@code x.hub}. JUnit makes one for each test method, and ends it after that.
 */
public final class RunningFederation implements BeforeEachCallback {
  public static final String FR = "fr.customs";
  public static final String DE = "de.customs";
  public static final String SG = "sg.police";
  public static final String HUB = "x.hub";

  /** A member of {@link FederationFiles#coRecipient}. */
  static final String JP = "jp.customs";

  /** Transits of {@link FederationFiles#ring}. */
  static final List<String> RING = List.of("x.one", "x.two", "x.three");

  private static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final long LEAST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

  public final SettableClock clock =
      new SettableClock(Instant.now().truncatedTo(ChronoUnit.SECONDS));
  private final Source source;
  private final List<String> first;
  private final Map<String, Duration> wrong = new ConcurrentHashMap<>();
  private final Map<String, Gateway> running = new TreeMap<>();
  private final Map<String, ManagedChannel> channels = new TreeMap<>();
  private @Nullable FederationFiles files;
  private int drafts;

  /** Makes what a federation has on disk. */
  @FunctionalInterface
  private interface Source {
    FederationFiles files(ExtensionContext context, Path folder, SettableClock clock)
        throws IOException;
  }

  /** Makes it without a template. */
  @FunctionalInterface
  interface Minting {
    FederationFiles mint(Path folder, SettableClock clock) throws IOException;
  }

  /** One of which these gateways run when a test begins. */
  public RunningFederation(String... first) {
    this(copied(FederationFiles.RETENTION), first);
  }

  private RunningFederation(Source source, String... first) {
    this.source = source;
    this.first = List.of(first);
  }

  /** One whose recipients keep what they were sent for so long. */
  static RunningFederation keeping(Duration retention) {
    return new RunningFederation(copied(retention));
  }

  /** One of another shape. */
  static RunningFederation of(Minting shape, String... first) {
    return new RunningFederation((context, folder, clock) -> shape.mint(folder, clock), first);
  }

  private static Source copied(Duration retention) {
    return (context, folder, clock) ->
        FederationTemplates.of(context).copy(folder, clock, retention);
  }

  @Override
  public void beforeEach(ExtensionContext context) throws IOException {
    Path folder = MemoryFolders.create("federation-");
    context
        .getStore(ExtensionContext.Namespace.create(this))
        .put(folder, (AutoCloseable) () -> end(folder));
    files = source.files(context, folder, clock);
    start(first.toArray(String[]::new));
  }

  /** What the members have on their disks. */
  FederationFiles files() {
    return Objects.requireNonNull(files, "not registered with JUnit");
  }

  private void end(Path folder) throws IOException {
    List.copyOf(running.keySet()).forEach(this::stop);
    MemoryFolders.delete(folder);
  }

  /** The folder of all that they have on their disks. */
  public Path folder() {
    return files().folder();
  }

  /** The configuration of an agency's gateway. */
  public Path config(String agency) {
    return files().config(agency);
  }

  /** A gateway that does not run has another client, which sits at a desk of its own name. */
  public void seat(String agency, String client) throws IOException {
    files().seat(agency, client);
  }

  /** Replaces an agency's pairs: the gateway makes them, and the roots list them from now on. */
  void renewPairs(String agency) throws IOException {
    RenewKeysResponse made =
        KeysGrpc.newBlockingStub(channel(agency))
            .renewKeys(
                RenewKeysRequest.newBuilder()
                    .setOnBehalfOf(
                        OnBehalfOf.newBuilder().setOfficer("A-1").setJustification("yearly"))
                    .setFrom(timestamp(clock.instant()))
                    .setUntil(timestamp(files().ends()))
                    .setOldUntil(timestamp(clock.instant().plus(Duration.ofDays(2))))
                    .build());
    Member next = JoinRequest.verify(made.getRequest().toByteArray()).agency();
    files().publishBundle(member -> member.name().value().equals(agency) ? next : member);
  }

  private static Timestamp timestamp(Instant at) {
    return Timestamps.fromMillis(at.toEpochMilli());
  }

  /** Starts gateways. */
  public void start(String... agencies) {
    for (String agency : agencies) {
      running.put(agency, Gateway.start(config(agency), clockOf(agency), clock::nanos));
    }
  }

  private InstantSource clockOf(String agency) {
    return () -> clock.instant().plus(wrong.getOrDefault(agency, Duration.ZERO));
  }

  /** Lets one gateway's clock be wrong by so much, from now on. */
  void setWrong(String agency, Duration by) {
    wrong.put(agency, by);
  }

  /** Stops one in order; its port is free on return. */
  public void stop(String agency) {
    ManagedChannel channel = channels.remove(agency);
    if (channel != null) {
      channel.shutdownNow();
    }
    Gateway gateway = running.remove(agency);
    if (gateway != null) {
      gateway.close();
    }
    files().peerPort(agency).ifPresent(LoopbackPort::awaitFree);
  }

  /** A gateway that runs. */
  public Gateway gateway(String agency) {
    Gateway gateway = running.get(agency);
    if (gateway == null) {
      throw new IllegalStateException(agency + " does not run");
    }
    return gateway;
  }

  /** The credentials of an agency's first client. */
  public Path credentials(String agency) {
    return files().credentials(agency, FederationFiles.CLIENT);
  }

  /** A channel of an agency's client to its gateway, of this start. */
  public ManagedChannel channel(String agency) {
    return channels.computeIfAbsent(agency, name -> open(name, FederationFiles.CLIENT));
  }

  /** A channel of another client; whoever asks shuts it down. */
  ManagedChannel open(String agency, String client) {
    return Channels.open(
        "127.0.0.1:" + gateway(agency).clientAddress().getPort(),
        Credentials.in(files().credentials(agency, client)));
  }

  /** Lets time pass in steps, at each of which every gateway that runs does its chores. */
  public void pass(Duration time, Duration step) {
    for (Duration passed = Duration.ZERO; passed.compareTo(time) < 0; passed = passed.plus(step)) {
      clock.move(step);
      doChores();
    }
  }

  /** Every gateway that runs does its chores. */
  void doChores() {
    running.values().forEach(Gateway::doChores);
  }

  /** Publishes a warning that must be accepted, not to be delivered after a time from now. */
  public MessageId send(String from, String headline, Duration deadline, String... to) {
    return send(from, headline, Lane.LANE_UNSPECIFIED, deadline, Duration.ZERO, to);
  }

  /** The same on a lane. */
  public MessageId send(String from, String headline, Lane lane, Duration deadline, String... to) {
    return send(from, headline, lane, deadline, Duration.ZERO, to);
  }

  /** The same, to be opened within a time; within what its lane has if that is zero. */
  public MessageId send(
      String from, String headline, Duration deadline, Duration openWithin, String... to) {
    return send(from, headline, Lane.LANE_UNSPECIFIED, deadline, openWithin, to);
  }

  /** The same without recipients and lane, as a test completes it. */
  MessageId send(String from, String headline, Duration deadline, Consumer<Draft.Builder> change) {
    Draft.Builder draft = draft(headline, deadline);
    change.accept(draft);
    return accepted(from, draft.build());
  }

  /** Publishes a draft that must be accepted. */
  public MessageId accepted(String from, Draft draft) {
    Outcome outcome = publish(from, draft);
    if (!outcome.hasAccepted()) {
      throw new AssertionError(outcome);
    }
    return MessageId.of(outcome.getMessageId().toByteArray());
  }

  private MessageId send(
      String from,
      String headline,
      Lane lane,
      Duration deadline,
      Duration openWithin,
      String... to) {
    return send(
        from,
        headline,
        deadline,
        draft -> {
          draft.setOpenWithinMinutes((int) openWithin.toMinutes());
          draft.getLabelBuilder().setLane(lane);
          draft.getToBuilder().addAllAgencies(List.of(to));
        });
  }

  /** A warning, not to be delivered after a time from now. */
  public Draft draft(String headline, Duration deadline, String... to) {
    Draft.Builder draft = draft(headline, deadline);
    draft.getToBuilder().addAllAgencies(List.of(to));
    return draft.build();
  }

  private Draft.Builder draft(String headline, Duration deadline) {
    drafts++;
    Draft.Builder draft = alert(headline, "draft-" + drafts);
    draft
        .getLabelBuilder()
        .setExpiresAt(Timestamps.fromMillis(clock.instant().plus(deadline).toEpochMilli()));
    return draft;
  }

  /** A warning for nobody yet. */
  static Draft.Builder alert(String headline, String key) {
    return Draft.newBuilder()
        .setIdempotencyKey(key)
        .setLabel(
            Label.newBuilder()
                .setKind(Kind.KIND_ALERT)
                .setCategory(Category.CATEGORY_PUBLIC_WARNING)
                .setPurpose(Purpose.PURPOSE_PUBLIC_SAFETY)
                .setClassification(Classification.CLASSIFICATION_UNCLASSIFIED))
        .setBody(
            Body.newBuilder()
                .setAlert(
                    Alert.newBuilder()
                        .addTexts(AlertText.newBuilder().setLanguage("en").setHeadline(headline))));
  }

  /** What becomes of a draft. */
  public Outcome publish(String from, Draft draft) {
    return PublisherGrpc.newBlockingStub(channel(from))
        .withDeadlineAfter(PATIENCE.toSeconds(), TimeUnit.SECONDS)
        .publish(PublishRequest.newBuilder().setDraft(draft).build())
        .getOutcome();
  }

  /** What was received since this was last asked, opened; waits until there is so much. */
  public List<Delivery> receive(String agency, int count) {
    return receive(agency, count, OpenCursor.newBuilder().setCursor("desk").build());
  }

  /** What is kept, from the oldest on, as a subscriber that comes now is given it. */
  List<Delivery> replay(String agency, int count) {
    return receive(
        agency, count, OpenCursor.newBuilder().setCursor("late").setFromPosition(1).build());
  }

  private List<Delivery> receive(String agency, int count, OpenCursor cursor) {
    return receive(channel(agency), agency, count, cursor);
  }

  /** The same of another client. */
  List<Delivery> receive(ManagedChannel channel, String agency, int count, OpenCursor cursor) {
    BlockingQueue<SubscribeResponse> said = new LinkedBlockingQueue<>();
    CountDownLatch ended = new CountDownLatch(1);
    StreamObserver<SubscribeRequest> stream =
        SubscriberGrpc.newStub(channel).subscribe(new ResponseQueue(said, ended));
    stream.onNext(SubscribeRequest.newBuilder().setOpen(cursor).build());
    List<Delivery> received = new ArrayList<>();
    try {
      while (received.size() < count) {
        SubscribeResponse next = said.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        if (next == null) {
          throw new AssertionError(
              agency + " was given " + headlines(received) + " and nothing more for " + PATIENCE);
        }
        if (next.hasDelivery()) {
          received.add(next.getDelivery());
          stream.onNext(
              SubscribeRequest.newBuilder()
                  .setAck(Acknowledge.newBuilder().setPosition(next.getDelivery().getPosition()))
                  .build());
        }
      }
      stream.onCompleted();
      // The stream ends once what was acknowledged is durable; before, it would come again.
      if (!ended.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
        throw new AssertionError(agency + " did not end the stream");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
    return received;
  }

  private record ResponseQueue(BlockingQueue<SubscribeResponse> said, CountDownLatch ended)
      implements StreamObserver<SubscribeResponse> {
    @Override
    public void onNext(SubscribeResponse response) {
      said.add(response);
    }

    @Override
    public void onError(Throwable failure) {
      // Whoever waits for more hears nothing and fails.
      ended.countDown();
    }

    @Override
    public void onCompleted() {
      ended.countDown();
    }
  }

  static List<String> headlines(List<Delivery> deliveries) {
    return deliveries.stream()
        .map(delivery -> delivery.getBody().getAlert().getTexts(0).getHeadline())
        .toList();
  }

  /** Follows a message of an agency; the stream ends when it is settled. */
  Iterator<FollowResponse> follow(String origin, MessageId message) {
    return EvidenceGrpc.newBlockingStub(channel(origin))
        .withDeadlineAfter(PATIENCE.toSeconds(), TimeUnit.SECONDS)
        .follow(
            FollowRequest.newBuilder().setMessageId(ByteString.copyFrom(message.bytes())).build());
  }

  /** What nobody has opened in time. */
  List<WatchUnopenedResponse> unopened(String origin) {
    List<WatchUnopenedResponse> out = new ArrayList<>();
    EvidenceGrpc.newBlockingStub(channel(origin))
        .withDeadlineAfter(PATIENCE.toSeconds(), TimeUnit.SECONDS)
        .watchUnopened(WatchUnopenedRequest.getDefaultInstance())
        .forEachRemaining(out::add);
    return out;
  }

  /** What the origin knows of one of its messages; nothing if it knows none. */
  List<EvidenceItem> track(String origin, MessageId message) {
    try {
      return EvidenceGrpc.newBlockingStub(channel(origin))
          .withDeadlineAfter(PATIENCE.toSeconds(), TimeUnit.SECONDS)
          .track(
              TrackRequest.newBuilder().setMessageId(ByteString.copyFrom(message.bytes())).build())
          .getItemsList();
    } catch (StatusRuntimeException e) {
      if (e.getStatus().getCode() == Status.Code.NOT_FOUND) {
        return List.of();
      }
      throw e;
    }
  }

  /**
   * Waits, while all do their chores, until the origin has evidence of a kind about a recipient.
   */
  public EvidenceItem awaitEvidence(
      String origin, MessageId message, EvidenceKind kind, String recipient) {
    List<EvidenceItem> found = new ArrayList<>();
    await(
        kind + " about " + recipient,
        () -> {
          track(origin, message).stream()
              .filter(i -> i.getKind() == kind && concerns(i, recipient))
              .findFirst()
              .ifPresent(found::add);
          return !found.isEmpty();
        });
    return found.get(0);
  }

  private static boolean concerns(EvidenceItem item, String recipient) {
    return item.getRecipient().equals(recipient) || item.getAgency().equals(recipient);
  }

  /** Kinds of what an origin knows of a message at a recipient, each once. */
  Set<EvidenceKind> kinds(String origin, MessageId message, String recipient) {
    return track(origin, message).stream()
        .filter(item -> concerns(item, recipient))
        .map(EvidenceItem::getKind)
        .collect(Collectors.toSet());
  }

  /** Waits, while all do their chores, for a condition. */
  public void await(String what, BooleanSupplier condition) {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > end) {
        throw new AssertionError("not after " + PATIENCE + ": " + what);
      }
      long began = System.nanoTime();
      doChores();
      // As long again: a thread that only does chores takes a core from the gateways.
      LockSupport.parkNanos(Math.max(LEAST_PAUSE_NANOS, System.nanoTime() - began));
    }
  }

  /** Waits until an agency knows that another one has taken all that was queued for it. */
  void awaitSent(String agency, String to) {
    String backlog = "entente_link_backlog_envelopes{peer=\"" + to + "\"";
    await(
        "the queue of " + agency + " to be empty",
        () -> {
          List<String> lanes =
              scrape(agency, "metrics").lines().filter(line -> line.startsWith(backlog)).toList();
          return !lanes.isEmpty() && lanes.stream().allMatch(line -> line.endsWith(" 0.0"));
        });
  }

  /** What a gateway's {@code /metrics} says of one that has no labels. */
  public double metric(String agency, String name) {
    return scrape(agency, "metrics")
        .lines()
        .filter(line -> line.startsWith(name + " "))
        .mapToDouble(line -> Double.parseDouble(line.substring(name.length() + 1)))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no metric " + name));
  }

  /** What a gateway's admin endpoint answers. */
  public String scrape(String agency, String path) {
    String url = "http://127.0.0.1:" + gateway(agency).adminAddress().getPort() + "/" + path;
    try (var answer = java.net.URI.create(url).toURL().openStream()) {
      return new String(answer.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
