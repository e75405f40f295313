package org.entente.gateway.seal;

import static org.entente.gateway.testkit.Agencies.DE;
import static org.entente.gateway.testkit.Agencies.FR;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.FederationName;
import org.entente.gateway.model.Fulfilment;
import org.entente.gateway.model.Result;
import org.entente.gateway.seal.statement.FulfilmentStatement;
import org.entente.gateway.seal.statement.StatementFrame;
import org.entente.gateway.testkit.Results;
import org.entente.gateway.testkit.SettableClock;
import org.junit.jupiter.api.Test;

/** What agencies say that they fulfil, as a transit hands it on: altered, kept back, replayed. */
class PeerFulfilmentsTest {
  private static final Fulfilment LESS = new Fulfilment(true, List.of(1, 2));
  private static final Fulfilment MORE = new Fulfilment(true, List.of(1, 2, 3, 4, 900));

  private final SettableClock clock = new SettableClock(Instant.ofEpochMilli(Samples.NOW_MS));
  private final SealingParty.Trust trust = new SealingParty.Trust();
  private final SealingParty fr = new SealingParty(FR, trust, clock);
  private final SealingParty de = new SealingParty(DE, trust, clock);
  private final PeerFulfilments known = new PeerFulfilments(Samples.FEDERATION, trust);

  private byte[] said(Fulfilment fulfilment) {
    return FulfilmentStatement.beside(de.bundle(), fulfilment, de.identity).encoded();
  }

  private Result<Optional<AgencyName>> offer(byte[] bytes) {
    return known.offer(bytes, clock.millis());
  }

  @Test
  void statement_isTakenOnce_withValuesOfLaterReleases() {
    byte[] bytes = said(MORE);
    assertEquals(Optional.of(DE), Results.value(offer(bytes)));
    assertEquals(Optional.empty(), Results.value(offer(bytes)));
    assertEquals(Map.of(DE, MORE), known.stated());
    assertArrayEquals(bytes, known.encoded(DE).orElseThrow());
  }

  @Test
  void statement_alteredInAnyByte_isRefused() {
    byte[] good = said(LESS);
    for (int i = 0; i < good.length; i++) {
      byte[] altered = good.clone();
      altered[i] ^= 1;
      assertTrue(offer(altered).refusal().isPresent(), "byte " + i);
    }
    assertEquals(Map.of(), known.stated());
  }

  @Test
  void statement_ofBefore_doesNotComeBack_noMatterWhatIsKeptBack() {
    byte[] before = said(MORE);
    byte[] after = said(LESS);
    assertEquals(Optional.of(DE), Results.value(offer(after)));
    assertEquals(Optional.empty(), Results.value(offer(before)));
    clock.move(Duration.ofDays(20));
    assertEquals(Optional.empty(), Results.value(offer(before)));
    assertEquals(Map.of(DE, LESS), known.stated(), "silence changes nothing");
  }

  @Test
  void statement_inAnothersNameOrFederationOrFromTheFuture_isRefused() {
    FulfilmentStatement.Content content =
        FulfilmentStatement.parse(said(LESS)).orElseThrow().content();
    byte[] forged = FulfilmentStatement.sign(content, fr.identity.pair()).encoded();
    assertEquals(Code.BAD_SIGNATURE, Results.code(offer(forged)));
    byte[] elsewhere =
        FulfilmentStatement.sign(
                new FulfilmentStatement.Content(
                    StatementFrame.toAll(
                        new FederationName("other.example"), DE, Samples.GW, content.issuedAtMs()),
                    LESS),
                de.identity.pair())
            .encoded();
    assertEquals(Code.HEADER_MISMATCH, Results.code(offer(elsewhere)));
    byte[] ahead =
        FulfilmentStatement.sign(
                new FulfilmentStatement.Content(
                    StatementFrame.toAll(
                        Samples.FEDERATION, DE, Samples.GW, clock.millis() + 2 * Samples.HOUR_MS),
                    LESS),
                de.identity.pair())
            .encoded();
    assertEquals(Code.HEADER_MISMATCH, Results.code(offer(ahead)));
    assertEquals(Code.MALFORMED, Results.code(offer(de.bundle().encoded())));
  }

  private Fulfilment saidAfter(Duration time, int number) {
    clock.move(time);
    Fulfilment said = new Fulfilment(true, List.of(number));
    assertTrue(offer(said(said)).refusal().isEmpty());
    return said;
  }

  @Test
  void statements_beyondTheirPace_wait_andOnlyTheNewestIsTaken() {
    Duration little = Duration.ofMillis(1);
    Fulfilment last = Fulfilment.UNSTATED;
    for (int i = 1; i <= PeerStatements.AT_ONCE; i++) {
      last = saidAfter(little, i);
      assertEquals(Map.of(DE, last), known.stated());
    }
    saidAfter(little, 10);
    Fulfilment newest = saidAfter(little, 11);
    assertEquals(List.of(), known.due(clock.millis()));
    assertEquals(Map.of(DE, last), known.stated());
    clock.move(Duration.ofMillis(PeerStatements.EVERY_MS));
    assertEquals(List.of(DE), known.due(clock.millis()));
    assertEquals(Map.of(DE, newest), known.stated());
    clock.move(Duration.ofMinutes(1));
    assertEquals(List.of(), known.due(clock.millis()));

    for (int i = 1; i <= PeerStatements.AT_ONCE; i++) {
      last = saidAfter(little, i);
    }
    Fulfilment waited = saidAfter(little, 12);
    assertEquals(Map.of(DE, last), known.stated());
    clock.leap(Duration.ofMinutes(1).negated());
    assertEquals(List.of(DE), known.due(clock.millis()), "a clock that is set back delays nothing");
    assertEquals(Map.of(DE, waited), known.stated());
  }

  @Test
  void statement_thatWaits_andWhosePairIsWithdrawn_isForgotten_andDelaysNoOther() {
    for (int i = 1; i <= PeerStatements.AT_ONCE + 1; i++) {
      saidAfter(Duration.ofMillis(1), i);
    }
    trust.expel(DE);
    known.forgetUnfounded();
    clock.move(Duration.ofMillis(PeerStatements.EVERY_MS));
    assertEquals(List.of(), known.due(clock.millis()));
    trust.list(DE, de.identity.pair());
    Fulfilment said = saidAfter(Duration.ZERO, 20);
    assertEquals(Map.of(DE, said), known.stated());
  }

  @Test
  void statement_whosePairIsWithdrawn_isForgotten() {
    assertEquals(Optional.of(DE), Results.value(offer(said(LESS))));
    known.forgetUnfounded();
    assertEquals(Map.of(DE, LESS), known.stated());
    trust.expel(DE);
    known.forgetUnfounded();
    assertEquals(Map.of(), known.stated());
    assertEquals(Optional.empty(), known.encoded(DE));
  }
}
