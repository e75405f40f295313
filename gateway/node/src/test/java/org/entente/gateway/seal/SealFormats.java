package org.entente.gateway.seal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.entente.gateway.seal.format.Envelope;
import org.entente.gateway.seal.format.EnvelopeHeader;
import org.entente.gateway.seal.format.Stanza;
import org.entente.gateway.seal.statement.ConsentStatement;
import org.entente.gateway.seal.statement.FulfilmentStatement;
import org.entente.gateway.seal.statement.KeyBundle;
import org.entente.gateway.seal.statement.NoticeStatement;
import org.entente.gateway.seal.statement.RosterStatement;
import org.entente.gateway.seal.statement.SessionAnnouncement;
import org.entente.gateway.seal.statement.SettledStatement;
import org.entente.gateway.seal.statement.VoidStatement;
import org.entente.gateway.seal.statement.WatermarkStatement;
import org.entente.gateway.testkit.Formats;

/** What peers send sealed or signed. */
public final class SealFormats {
  private SealFormats() {}

  /** All of them. */
  public static Formats all() {
    FormatSamples samples = new FormatSamples();
    return new Formats("seal")
        .with(
            "header",
            Formats.same(bytes -> EnvelopeHeader.parse(bytes).map(EnvelopeHeader::encoded)),
            () -> List.of(samples.envelope.header().encoded()))
        .with(
            "stanza",
            Formats.same(bytes -> Stanza.parse(bytes).map(Stanza::encoded)),
            () -> List.of(samples.stanza.encoded()))
        .with(
            "announcement",
            Formats.same(
                bytes -> SessionAnnouncement.parse(bytes).map(SessionAnnouncement::encoded)),
            () -> List.of(samples.announcement.encoded()))
        .with(
            "key-bundle",
            Formats.same(bytes -> KeyBundle.parse(bytes).map(KeyBundle::encoded)),
            () -> List.of(samples.keyBundle.encoded()))
        .with(
            "fulfilment",
            Formats.same(
                bytes -> FulfilmentStatement.parse(bytes).map(FulfilmentStatement::encoded)),
            () -> List.of(samples.fulfilment.encoded()))
        .with(
            "void",
            Formats.same(bytes -> VoidStatement.parse(bytes).map(VoidStatement::encoded)),
            () -> List.of(samples.voidStatement.encoded()))
        .with(
            "notice",
            Formats.same(bytes -> NoticeStatement.parse(bytes).map(NoticeStatement::encoded)),
            () -> List.of(samples.notice.encoded()))
        .with(
            "settled",
            Formats.same(bytes -> SettledStatement.parse(bytes).map(SettledStatement::encoded)),
            () -> List.of(samples.settled.encoded()))
        .with(
            "roster",
            Formats.same(bytes -> RosterStatement.parse(bytes).map(RosterStatement::encoded)),
            () -> List.of(samples.roster.encoded()))
        .with(
            "consent",
            Formats.same(bytes -> ConsentStatement.parse(bytes).map(ConsentStatement::encoded)),
            () -> List.of(samples.consent.encoded()))
        .with(
            "watermarks",
            Formats.same(bytes -> WatermarkStatement.parse(bytes).map(WatermarkStatement::encoded)),
            () -> List.of(samples.watermarks.encoded()))
        .with("labels", SealFormats::labels, SealFormats::plainLabels);
  }

  /** Any plaintext under labels that a peer sealed and signed rightly. */
  private static boolean labels(byte[] plain) {
    CraftedEnvelopes crafted = new CraftedEnvelopes();
    Envelope envelope = crafted.withLabels(plain);
    Optional<OpenedLabels> opened = OpenedLabels.of(envelope, crafted.key, plain);
    opened.ifPresent(
        labels -> {
          assertArrayEquals(
              crafted.sealedBody(),
              labels.sealedBody(0).toByteArray(),
              "another stretch of the bodies");
          labels.label(0);
        });
    return opened.isPresent();
  }

  private static List<byte[]> plainLabels() {
    return Stream.of("as it must be", "with later fields").map(OddLabels.all()::get).toList();
  }
}
