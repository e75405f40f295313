package org.entente.gateway.trust.gossip;

import static org.entente.gateway.testkit.Agencies.DE;
import static org.entente.gateway.testkit.Agencies.FR;
import static org.entente.gateway.testkit.Agencies.HUB;
import static org.entente.gateway.testkit.TestFederation.START;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.note.SignedNote;
import org.entente.gateway.testkit.TestFederation;
import org.entente.gateway.trust.AgencyKind;
import org.entente.gateway.trust.AgencyRole;
import org.entente.gateway.trust.Fingerprint;
import org.entente.gateway.trust.Member;
import org.entente.gateway.trust.TrustBundle;
import org.entente.gateway.trust.gossip.TrustMessage.InForce;
import org.entente.gateway.trust.gossip.TrustMessage.Part;
import org.entente.gateway.trust.gossip.TrustMessage.PartRequest;
import org.junit.jupiter.api.Test;

final class BundleExchangeTest {
  private static final String OTHER = Fingerprint.of("another bundle").hex();
  private static final String THIRD = Fingerprint.of("a third").hex();

  private final TestFederation federation = new TestFederation(START);
  private final TrustBundle one = federation.bundle(federation.content(1));
  private final BundleExchange behind = new BundleExchange();
  private final BundleExchange ahead = new BundleExchange();

  /** A bundle of more than one part. */
  private TrustBundle large() {
    List<Member> members = new ArrayList<>();
    for (char letter = 'a'; letter <= 'p'; letter++) {
      String name = "f" + letter + ".customs";
      members.add(
          federation.mint(
              new AgencyName(name),
              "F" + Character.toUpperCase(letter),
              AgencyKind.CUSTOMS,
              Set.of(AgencyRole.MEMBER)));
    }
    return federation.bundle(federation.content(2, members));
  }

  private Optional<PartRequest> claim(AgencyName peer, long version, String hash, Instant now) {
    return behind.heard(peer, new InForce(version, hash), one, now);
  }

  private static Part part(String hash, int offset, int total, byte[] bytes) {
    return new Part(hash, offset, total, ByteBuffer.wrap(bytes));
  }

  @Test
  void newerBundle_isFetchedInPartsEachAskedFor() {
    TrustBundle two = large();
    assertTrue(two.noteBytes().length > BundleExchange.PART_BYTES, "several parts");
    PartRequest ask = claim(HUB, two.version(), two.hash(), START).orElseThrow();
    int parts = 0;
    BundleExchange.Next next = new BundleExchange.Next.More(ask);
    while (next instanceof BundleExchange.Next.More more) {
      Part part = ahead.answer(DE, more.ask(), any -> Optional.of(two), START).orElseThrow();
      next = behind.part(HUB, part, one, START);
      parts++;
    }
    byte[] whole = new byte[two.noteBytes().length];
    assertInstanceOf(BundleExchange.Next.Whole.class, next).note();
    ((BundleExchange.Next.Whole) next).note().get(whole);
    assertArrayEquals(two.noteBytes(), whole);
    assertTrue(parts > 1, parts + " parts");
  }

  @Test
  void sameOrOlderBundle_isNotAskedFor_butAnotherOfTheVersionIs() {
    assertEquals(Optional.empty(), claim(DE, 1, one.hash(), START));
    TrustBundle two = federation.bundle(federation.content(2));
    assertEquals(
        Optional.empty(), behind.heard(HUB, new InForce(1, one.hash()), two, START), "older");
    assertTrue(claim(DE, 1, OTHER, START).isPresent(), "it may prove equivocation");
  }

  @Test
  void sameHash_isFetchedFromOneNeighbour_unlessThatTakesLong() {
    assertTrue(claim(DE, 9, OTHER, START).isPresent());
    assertEquals(Optional.empty(), claim(HUB, 9, OTHER, START.plusSeconds(1)));
    Instant late = START.plus(BundleExchange.ALONE);
    assertTrue(behind.next(HUB, one, late).isPresent(), "nobody waits for the slow one");
    assertEquals(Optional.empty(), behind.next(HUB, one, late), "once");
    assertTrue(claim(FR, 10, THIRD, START.plusSeconds(1)).isPresent(), "another hash at once");
  }

  @Test
  void fetchWithoutParts_isGivenUp_andAskedForAnew() {
    assertTrue(claim(DE, 9, OTHER, START).isPresent());
    Instant late = START.plus(BundleExchange.PATIENCE);
    assertEquals(Optional.empty(), behind.next(DE, one, late.minusMillis(1)));
    assertTrue(behind.next(DE, one, late).isPresent());
  }

  @Test
  void fetchThatTrickles_isGivenUpAfterItsLongestTime() {
    byte[] full = new byte[BundleExchange.PART_BYTES];
    claim(DE, 9, OTHER, START);
    Instant now = START;
    int taken = 0;
    while (behind.part(DE, part(OTHER, taken * full.length, SignedNote.MAX_BYTES, full), one, now)
        instanceof BundleExchange.Next.More) {
      taken++;
      now = now.plus(BundleExchange.PATIENCE).minusMillis(1);
    }
    assertTrue(!now.isBefore(START.plus(BundleExchange.LONGEST)), now.toString());
    assertTrue(taken * full.length < SignedNote.MAX_BYTES, taken + " parts");
  }

  @Test
  void refusedHash_isNotFetchedAgainFromThatNeighbourForATime_butFromOthers() {
    claim(DE, 9, OTHER, START);
    behind.judged(DE, OTHER, false, START);
    behind.gone(DE);
    assertEquals(Optional.empty(), claim(DE, 9, OTHER, START.plusSeconds(30)));
    assertTrue(claim(HUB, 9, OTHER, START.plusSeconds(30)).isPresent(), "rubbish binds its sender");
    Instant later = START.plus(BundleExchange.REFUSED_FOR);
    assertTrue(behind.next(DE, one, later).isPresent());
  }

  @Test
  void neighbourOfManyHashesThatLeadNowhere_isAskedOnlySoOften() {
    int asked = 0;
    Instant now = START;
    for (int i = 0; i < 100; i++) {
      String hash = Fingerprint.of("bundle " + i).hex();
      if (claim(DE, 9, hash, now).isPresent()) {
        asked++;
        behind.judged(DE, hash, false, now);
        behind.gone(DE);
      }
      now = now.plusSeconds(1);
    }
    assertEquals(BundleExchange.FAILURES, asked);
    assertTrue(claim(HUB, 9, OTHER, now).isPresent(), "others are asked");
  }

  @Test
  void parts_unaskedTooLargeOrOutOfPlace_areNotTaken() {
    byte[] full = new byte[BundleExchange.PART_BYTES];
    int total = 3 * full.length;
    assertUnasked(DE, OTHER, 0, total, full);
    claim(DE, 9, OTHER, START);
    assertUnasked(HUB, OTHER, 0, total, full);
    assertUnasked(DE, OTHER, full.length, total, full);
    assertUnasked(DE, OTHER, 0, SignedNote.MAX_BYTES + 1, full);
    assertUnasked(DE, OTHER, 0, 0, new byte[0]);
    assertUnasked(DE, OTHER, 0, total, new byte[100]);
    assertUnasked(DE, OTHER, 0, total, new byte[full.length + 1]);
    BundleExchange.Next first = behind.part(DE, part(OTHER, 0, total, full), one, START);
    assertInstanceOf(BundleExchange.Next.More.class, first);
    assertUnasked(DE, THIRD, full.length, total, full);
    assertUnasked(DE, OTHER, full.length, total + 1, full);
    assertUnasked(DE, OTHER, 0, total, full);
  }

  private void assertUnasked(AgencyName from, String hash, int offset, int total, byte[] bytes) {
    assertInstanceOf(
        BundleExchange.Next.Unasked.class,
        behind.part(from, part(hash, offset, total, bytes), one, START));
  }

  @Test
  void peerThatAsksWithoutEnd_isAnsweredSoOftenAMinute() {
    PartRequest first = new PartRequest(0, "", 0);
    int answers = 0;
    while (answer(DE, first, START).isPresent()) {
      answers++;
    }
    assertEquals(2 * SignedNote.MAX_BYTES / BundleExchange.PART_BYTES, answers);
    assertEquals(
        Optional.empty(),
        ahead.answer(
            DE,
            first,
            ask -> {
              throw new AssertionError("looked up for one that asks too often");
            },
            START));
    assertTrue(answer(HUB, first, START).isPresent());
    assertTrue(answer(DE, first, START.plusSeconds(60)).isPresent());
    assertEquals(
        Optional.empty(), answer(HUB, new PartRequest(0, "", one.noteBytes().length), START));
  }

  private Optional<Part> answer(AgencyName peer, PartRequest ask, Instant now) {
    return ahead.answer(peer, ask, any -> Optional.of(one), now);
  }
}
