package org.entente.gateway.feature.attachment;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.InvalidValue;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.seal.AttachmentSeal;
import org.entente.proto.link.v1.AttachmentPart;
import org.entente.proto.link.v1.AttachmentRequest;
import org.junit.jupiter.api.Test;

/** A transit between honest members, and between members that flood, forge and replay. */
class AttachmentRelayTest {
  private static final AgencyName HUB = new AgencyName("x.hub");
  private static final AgencyName FR = new AgencyName("fr.customs");
  private static final AgencyName SG = new AgencyName("sg.police");
  private static final AgencyName JP = new AgencyName("jp.customs");
  private static final AgencyName DE = new AgencyName("de.customs");
  private static final AgencyName ONE = new AgencyName("x.one");
  private static final AgencyName TWO = new AgencyName("x.two");
  private static final AgencyName STRANGER = new AgencyName("zz.stranger");
  private static final int KIB = 1_024;
  private static final int AT_ONCE = KIB * 1_024 / AttachmentSeal.SEALED_BYTES;
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

  private final Map<AgencyName, List<AgencyName>> ways = new HashMap<>();
  private final Neighbours links = new Neighbours();
  private long now;
  private boolean isTransit = true;
  private final AttachmentRelay relay =
      new AttachmentRelay(
          HUB,
          () -> isTransit,
          agency -> ways.getOrDefault(agency, List.of()),
          new SegmentRates(KIB),
          links,
          () -> now);

  AttachmentRelayTest() {
    for (AgencyName linked : List.of(FR, SG, JP, ONE, TWO)) {
      ways.put(linked, List.of(linked));
    }
    ways.put(DE, List.of(ONE, TWO));
  }

  /** Notes what is sent. */
  private static final class Neighbours implements AttachmentRelay.Links {
    private record Sent<T>(AgencyName to, T frame) {}

    private final List<Sent<AttachmentRequest>> requests = new ArrayList<>();
    private final List<Sent<AttachmentPart>> parts = new ArrayList<>();
    private final List<Code> dropped = new ArrayList<>();
    private final Set<AgencyName> down = new HashSet<>();

    @Override
    public boolean send(AgencyName to, AttachmentRequest request) {
      return !down.contains(to) && requests.add(new Sent<>(to, request));
    }

    @Override
    public boolean send(AgencyName to, AttachmentPart part) {
      return !down.contains(to) && parts.add(new Sent<>(to, part));
    }

    @Override
    public void dropped(Code code) {
      dropped.add(code);
    }
  }

  private static ByteString messageOf(AgencyName origin) {
    return ByteString.copyFrom(MessageId.fresh(origin, 0, new Random(7)).bytes());
  }

  private static AttachmentRequest.Builder request(AgencyName origin, int segment) {
    return AttachmentRequest.newBuilder()
        .setMessageId(messageOf(origin))
        .setAttachmentId(ByteString.copyFrom(new byte[16]))
        .setOrigin(origin.value())
        .setSegment(segment);
  }

  private static AttachmentPart part(AgencyName requester, int segment) {
    return part(FR, requester, segment);
  }

  private static AttachmentPart part(AgencyName origin, AgencyName requester, int segment) {
    return AttachmentPart.newBuilder()
        .setMessageId(messageOf(origin))
        .setAttachmentId(ByteString.copyFrom(new byte[16]))
        .setRequester(requester.value())
        .setSegment(segment)
        .setSealed(ByteString.copyFromUtf8("sealed"))
        .build();
  }

  private long passedOnFor(AgencyName requester) {
    return links.requests.stream()
        .filter(sent -> sent.frame().getRequester().equals(requester.value()))
        .count();
  }

  @Test
  void request_goesToTheOrigin_andItsAnswerBack_once() {
    relay.requested(SG, request(FR, 7).build());
    assertEquals(FR, links.requests.get(0).to());
    assertEquals(
        request(FR, 7).setRequester(SG.value()).setHops(1).build(), links.requests.get(0).frame());
    relay.received(FR, part(SG, 7));
    relay.received(FR, part(SG, 7));
    assertEquals(List.of(new Neighbours.Sent<>(SG, part(SG, 7))), links.parts);
    assertEquals(List.of(Code.MALFORMED), links.dropped, "a replay");
  }

  @Test
  void answer_thatNobodyRequested_orOfAnotherNeighbour_orTooLong_isDropped() {
    relay.requested(SG, request(FR, 0).build());
    relay.received(JP, part(SG, 0));
    relay.received(FR, part(SG, 1));
    relay.received(FR, part(JP, 0));
    relay.received(
        FR,
        part(SG, 0).toBuilder()
            .setSealed(ByteString.copyFrom(new byte[AttachmentSeal.SEALED_BYTES + 1_000]))
            .build());
    assertEquals(List.of(), links.parts);
    relay.received(FR, part(SG, 0));
    assertEquals(1, links.parts.size());
  }

  /** Attack: a transit of the requester knows its requests, and would have all answers. */
  @Test
  void answer_isNotDivertedByAnotherNeighbour_thatRequestsTheSame() {
    ways.put(SG, List.of(SG, ONE));
    relay.requested(SG, request(FR, 0).build());
    relay.requested(ONE, request(FR, 0).setRequester(SG.value()).build());
    assertEquals(2, links.requests.size());
    relay.received(FR, part(SG, 0));
    assertEquals(
        Set.of(SG, ONE), links.parts.stream().map(Neighbours.Sent::to).collect(Collectors.toSet()));
    relay.received(FR, part(SG, 0));
    assertEquals(2, links.parts.size());
  }

  /** Attack: of an agency beyond the true origin, which stays silent, so that this waits longer. */
  @Test
  void request_thatNamesAnotherOriginThanItsMessage_isDropped() {
    ways.put(STRANGER, List.of(FR));
    relay.requested(SG, request(FR, 0).setOrigin(STRANGER.value()).build());
    assertEquals(List.of(Code.MALFORMED), links.dropped);
    assertEquals(List.of(), links.requests);
  }

  @Test
  void answer_thatComesTooLate_isDropped() {
    relay.requested(SG, request(FR, 0).build());
    now += AttachmentRelay.FORGOTTEN_NANOS;
    relay.round();
    relay.received(FR, part(SG, 0));
    assertEquals(List.of(), links.parts);
  }

  @Test
  void request_inAnotherName_orThatLeadsNowhere_isDropped() {
    ways.put(STRANGER, List.of());
    relay.requested(SG, request(FR, 0).setRequester(JP.value()).build());
    relay.requested(SG, request(FR, 0).setRequester(HUB.value()).build());
    assertEquals(List.of(Code.IDENTITY_MISMATCH, Code.IDENTITY_MISMATCH), links.dropped);
    links.dropped.clear();
    relay.requested(SG, request(STRANGER, 0).build());
    relay.requested(SG, request(SG, 0).build());
    relay.requested(SG, request(FR, 0).setHops(AttachmentRelay.MOST_HOPS).build());
    relay.requested(SG, request(FR, 0).setHops(-1).build());
    isTransit = false;
    relay.requested(SG, request(FR, 0).build());
    isTransit = true;
    assertEquals(5, links.dropped.stream().filter(Code.NO_ROUTE::equals).count());
    links.dropped.clear();
    relay.requested(SG, request(FR, 0).setMessageId(ByteString.EMPTY).build());
    relay.requested(
        SG,
        request(FR, 0)
            .setUnknownFields(
                UnknownFieldSet.newBuilder()
                    .addField(
                        99,
                        UnknownFieldSet.Field.newBuilder()
                            .addLengthDelimited(ByteString.copyFrom(new byte[4_096]))
                            .build())
                    .build())
            .build());
    assertEquals(List.of(Code.MALFORMED, Code.MALFORMED), links.dropped);
    AttachmentRequest noName = request(FR, 0).setOrigin("../x").build();
    assertThrows(InvalidValue.class, () -> relay.requested(SG, noName));
    assertEquals(List.of(), links.requests);
    relay.requested(ONE, request(FR, 0).setRequester(DE.value()).build());
    assertEquals(1, passedOnFor(DE), "a transit speaks for those behind it");
  }

  @Test
  void request_withoutAnAnswer_goesByAnotherTransitWhenRepeated_andNotBack() {
    relay.requested(SG, request(DE, 0).build());
    relay.requested(SG, request(DE, 0).build());
    relay.requested(SG, request(DE, 0).build());
    assertEquals(List.of(ONE, TWO, ONE), links.requests.stream().map(Neighbours.Sent::to).toList());
    relay.received(TWO, part(DE, SG, 0));
    assertEquals(List.of(), links.parts, "it was asked of the other last");
    relay.received(ONE, part(DE, SG, 0));
    assertEquals(1, links.parts.size());
    links.down.add(ONE);
    relay.requested(SG, request(DE, 1).build());
    assertEquals(TWO, links.requests.get(3).to());
    relay.requested(ONE, request(DE, 1).setRequester(DE.value()).build());
    assertEquals(4, links.requests.size(), "the origin itself");
  }

  @Test
  void flood_ofOneMember_waitsForItsRate_andCostsTheOthersNothing() {
    for (int i = 0; i < 10_000; i++) {
      relay.requested(SG, request(FR, i).build());
    }
    assertEquals(AT_ONCE, passedOnFor(SG));
    assertEquals(10_000 - AT_ONCE - AttachmentRelay.MOST_WAITING, links.dropped.size());
    assertTrue(links.dropped.stream().allMatch(Code.OVERLOADED::equals));
    relay.requested(JP, request(FR, 0).build());
    assertEquals(1, passedOnFor(JP));
    now += SECOND;
    relay.round();
    assertEquals(2L * AT_ONCE, passedOnFor(SG));
  }

  @Test
  void requestsWithoutAnswers_areBounded_untilTheyAreForgotten() {
    for (int i = 0; i < 2 * AttachmentRelay.MOST_ASKED; i++) {
      relay.requested(SG, request(FR, i).build());
      now += SECOND / 100;
      relay.round();
      now += i % 10 == 0 ? SECOND / 10 : 0;
    }
    assertTrue(passedOnFor(SG) <= AttachmentRelay.MOST_ASKED, "" + passedOnFor(SG));
    long before = passedOnFor(SG);
    now += 2 * AttachmentRelay.FORGOTTEN_NANOS;
    relay.round();
    assertTrue(passedOnFor(SG) > before);
  }

  @Test
  void transit_thatInventsRequesters_getsNoMoreThanAllThroughIt() {
    for (int agency = 0; agency < 100; agency++) {
      AgencyName invented = new AgencyName("fr.m" + agency);
      ways.put(invented, List.of(ONE));
      for (int i = 0; i < AT_ONCE; i++) {
        relay.requested(ONE, request(FR, i).setRequester(invented.value()).build());
      }
    }
    int together = 10 * KIB * 1_024 / AttachmentSeal.SEALED_BYTES;
    assertEquals(together, links.requests.size());
    relay.requested(SG, request(FR, 0).build());
    assertEquals(1, passedOnFor(SG));
  }
}
