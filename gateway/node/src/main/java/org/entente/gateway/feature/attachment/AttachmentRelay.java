package org.entente.gateway.feature.attachment;

import com.google.protobuf.ByteString;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Queue;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.AttachmentId;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.seal.AttachmentSeal;
import org.entente.proto.link.v1.AttachmentPart;
import org.entente.proto.link.v1.AttachmentRequest;

/**
 * What a transit does with the attachment frames of others: it passes a request towards the origin,
 * and one answer to it back to the neighbour that brought the request. It stores no segment, and
 * can open none. In memory it has, for each agency and the neighbour through which its requests
 * come, at most {@link #MOST_WAITING} requests that wait for their rate and {@link #MOST_ASKED}
 * that wait for their answer. What it does not pass on, the requester repeats. Safe for many
 * threads; does not wait for peers.
 */
final class AttachmentRelay {
  /** Transits that a request may cross, as for notices. */
  static final int MOST_HOPS = 4;

  /** Requests of one agency that wait for their rate. */
  static final int MOST_WAITING = 64;

  /** Requests of one agency without an answer. */
  static final int MOST_ASKED = 256;

  /** After how long an answer is no longer passed back. */
  static final long FORGOTTEN_NANOS = 10_000_000_000L;

  /** Bytes of a frame beside its segment. */
  private static final int FRAME_BYTES = 512;

  private final AgencyName self;
  private final BooleanSupplier isTransit;
  private final Function<AgencyName, List<AgencyName>> ways;
  private final SegmentRates rates;
  private final Links links;
  private final LongSupplier nanos;
  private final Map<Path, Waiting> paths = new HashMap<>();
  private final Map<Question, Asked> asked = new LinkedHashMap<>();

  /** The links to neighbours. */
  interface Links {
    /** Sends a request; false if the link does not take it now. */
    boolean send(AgencyName to, AttachmentRequest request);

    /** Sends an answer; false if the link does not take it now. */
    boolean send(AgencyName to, AttachmentPart part);

    /** Counts a frame that is dropped. */
    void dropped(Code code);
  }

  /** An agency, and the neighbour through which it requests. */
  private record Path(AgencyName neighbour, AgencyName requester) {}

  /** What waits of one path. */
  private static final class Waiting {
    private final Queue<AttachmentRequest> requests = new ArrayDeque<>();
    private int asked;
  }

  /** A segment for one agency. */
  private record Segment(String requester, ByteString message, ByteString attachment, int number) {}

  /** A segment that was requested through a neighbour: another one cannot divert its answer. */
  private record Question(Path path, Segment segment) {}

  /** A request that was passed on, by the turn of the neighbour that it went to. */
  private record Asked(AgencyName to, int turn, long at) {}

  /**
   * A relay that passes nothing on yet.
   *
   * @param isTransit whether this agency is a transit
   * @param ways the neighbours that lead to an agency, best first
   */
  AttachmentRelay(
      AgencyName self,
      BooleanSupplier isTransit,
      Function<AgencyName, List<AgencyName>> ways,
      SegmentRates rates,
      Links links,
      LongSupplier nanos) {
    this.self = self;
    this.isTransit = isTransit;
    this.ways = ways;
    this.rates = rates;
    this.links = links;
    this.nanos = nanos;
  }

  /**
   * Whether a neighbour may request in an agency's name: it is the agency, or leads to it.
   *
   * @param ways the neighbours that lead to an agency
   */
  static boolean speaksFor(
      Function<AgencyName, List<AgencyName>> ways, AgencyName neighbour, AgencyName requester) {
    return neighbour.equals(requester) || ways.apply(requester).contains(neighbour);
  }

  /**
   * Passes a request for another agency's file on, at once or when its rate allows it.
   *
   * @throws org.entente.gateway.model.InvalidValue if a name in it is none
   */
  void requested(AgencyName neighbour, AttachmentRequest request) {
    AgencyName requester =
        request.getRequester().isEmpty() ? neighbour : new AgencyName(request.getRequester());
    AgencyName origin = new AgencyName(request.getOrigin());
    Optional<Code> refusal = refusal(neighbour, requester, origin, request);
    if (refusal.isPresent()) {
      links.dropped(refusal.get());
      return;
    }
    wait(
        new Path(neighbour, requester),
        request.toBuilder().setRequester(requester.value()).setHops(request.getHops() + 1).build());
  }

  private Optional<Code> refusal(
      AgencyName neighbour, AgencyName requester, AgencyName origin, AttachmentRequest request) {
    if (request.getMessageId().size() != AttachmentId.SIZE
        || request.getAttachmentId().size() != AttachmentId.SIZE
        || request.getSerializedSize() > FRAME_BYTES
        || !MessageId.of(request.getMessageId().toByteArray()).isOf(origin)) {
      return Optional.of(Code.MALFORMED);
    }
    if (requester.equals(self) || !speaksFor(ways, neighbour, requester)) {
      return Optional.of(Code.IDENTITY_MISMATCH);
    }
    boolean mayGoOn = request.getHops() >= 0 && request.getHops() < MOST_HOPS;
    boolean leads = ways.apply(origin).stream().anyMatch(hop -> !hop.equals(neighbour));
    return isTransit.getAsBoolean() && mayGoOn && leads && !origin.equals(requester)
        ? Optional.empty()
        : Optional.of(Code.NO_ROUTE);
  }

  private synchronized void wait(Path path, AttachmentRequest request) {
    Waiting waiting = paths.computeIfAbsent(path, unknown -> new Waiting());
    if (waiting.requests.size() >= MOST_WAITING) {
      links.dropped(Code.OVERLOADED);
      return;
    }
    waiting.requests.add(request);
    passOn(path, waiting);
  }

  /** Passes on what the rates allow. */
  private void passOn(Path path, Waiting waiting) {
    long now = nanos.getAsLong();
    while (!waiting.requests.isEmpty()
        && waiting.asked < MOST_ASKED
        && rates.take(path.neighbour(), path.requester(), now)) {
      send(path, waiting, waiting.requests.remove(), now);
    }
  }

  /** Sends a request to the next neighbour in turn: one that gave no answer gets the next later. */
  private void send(Path path, Waiting waiting, AttachmentRequest request, long now) {
    List<AgencyName> hops =
        ways.apply(new AgencyName(request.getOrigin())).stream()
            .filter(hop -> !hop.equals(path.neighbour()))
            .toList();
    Question question = new Question(path, segment(request));
    Asked before = asked.get(question);
    int first = before == null ? 0 : before.turn() + 1;
    for (int turn = first; turn < first + hops.size(); turn++) {
      AgencyName to = hops.get(Math.floorMod(turn, hops.size()));
      if (links.send(to, request)) {
        forget(question);
        asked.put(question, new Asked(to, turn, now));
        waiting.asked++;
        return;
      }
    }
  }

  private static Segment segment(AttachmentRequest request) {
    return new Segment(
        request.getRequester(),
        request.getMessageId(),
        request.getAttachmentId(),
        request.getSegment());
  }

  private void forget(Question question) {
    if (asked.remove(question) != null) {
      waiting(question).asked--;
    }
  }

  private Waiting waiting(Question question) {
    return Objects.requireNonNull(paths.get(question.path()));
  }

  /**
   * Passes an answer back, if it was requested of this neighbour and has not been answered yet. The
   * requester finds out whether it is the segment.
   *
   * @throws org.entente.gateway.model.InvalidValue if the requester's name is none
   */
  void received(AgencyName neighbour, AttachmentPart part) {
    Segment segment =
        new Segment(
            part.getRequester(), part.getMessageId(), part.getAttachmentId(), part.getSegment());
    List<Path> back =
        part.getSerializedSize() > AttachmentSeal.SEALED_BYTES + FRAME_BYTES
            ? List.of()
            : answered(neighbour, segment);
    if (back.isEmpty()) {
      links.dropped(Code.MALFORMED);
    }
    for (Path path : back) {
      boolean sent = links.send(path.neighbour(), part);
      if (!sent) {
        links.dropped(Code.OVERLOADED);
      }
    }
  }

  /**
   * The paths of all requests that this neighbour answers: none can take the answer of another, as
   * each was paid for.
   */
  private synchronized List<Path> answered(AgencyName neighbour, Segment segment) {
    AgencyName requester = new AgencyName(segment.requester());
    List<Question> answered =
        Stream.concat(Stream.of(requester), ways.apply(requester).stream())
            .distinct()
            .map(through -> new Question(new Path(through, requester), segment))
            .filter(question -> isAsked(question, neighbour))
            .toList();
    answered.forEach(this::forget);
    return answered.stream().map(Question::path).toList();
  }

  private boolean isAsked(Question question, AgencyName neighbour) {
    Asked one = asked.get(question);
    return one != null && one.to().equals(neighbour);
  }

  /** Passes on what waited for its rate, and forgets what got no answer; called regularly. */
  synchronized void round() {
    long now = nanos.getAsLong();
    Iterator<Map.Entry<Question, Asked>> oldest = asked.entrySet().iterator();
    while (oldest.hasNext()) {
      Map.Entry<Question, Asked> one = oldest.next();
      if (now - one.getValue().at() < FORGOTTEN_NANOS) {
        break;
      }
      waiting(one.getKey()).asked--;
      oldest.remove();
    }
    paths.forEach(this::passOn);
  }
}
