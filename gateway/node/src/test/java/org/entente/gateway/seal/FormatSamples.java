package org.entente.gateway.seal;

import static org.entente.gateway.testkit.Agencies.DE;
import static org.entente.gateway.testkit.Agencies.FR;
import static org.entente.gateway.testkit.Agencies.SG;

import java.util.List;
import org.entente.gateway.batch.Sealed;
import org.entente.gateway.batch.Sealer;
import org.entente.gateway.batch.SealingBatch;
import org.entente.gateway.batch.SealingItem;
import org.entente.gateway.crypto.Ed25519SigningKey;
import org.entente.gateway.crypto.SigningPair;
import org.entente.gateway.crypto.XWingPrivateKey;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Fulfilment;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.OperationId;
import org.entente.gateway.seal.format.Envelope;
import org.entente.gateway.seal.format.GatewayKey;
import org.entente.gateway.seal.format.OriginNumber;
import org.entente.gateway.seal.format.PublishedKey;
import org.entente.gateway.seal.format.Stanza;
import org.entente.gateway.seal.statement.ConsentStatement;
import org.entente.gateway.seal.statement.FulfilmentStatement;
import org.entente.gateway.seal.statement.KeyBundle;
import org.entente.gateway.seal.statement.NoticeStatement;
import org.entente.gateway.seal.statement.NumberedHeader;
import org.entente.gateway.seal.statement.RosterMember;
import org.entente.gateway.seal.statement.RosterRole;
import org.entente.gateway.seal.statement.RosterStatement;
import org.entente.gateway.seal.statement.SessionAnnouncement;
import org.entente.gateway.seal.statement.SessionTerms;
import org.entente.gateway.seal.statement.SettledNumbers;
import org.entente.gateway.seal.statement.SettledStatement;
import org.entente.gateway.seal.statement.StatementFrame;
import org.entente.gateway.seal.statement.VoidStatement;
import org.entente.gateway.seal.statement.Watermark;
import org.entente.gateway.seal.statement.WatermarkStatement;

/** One good example of every format, from fixed seeds: also what the vectors pin. */
final class FormatSamples {
  static final String SEED = "entente suite 1 vectors";

  final Ed25519SigningKey signingKey = Ed25519SigningKey.generate(random("gateway"));
  final GatewayKey gateway = new GatewayKey(Samples.GW, signingKey.verifyingKey());
  final SigningPair pair = SigningPair.generate(random("agency pair"));
  final XWingPrivateKey recipientKey = XWingPrivateKey.generate(random("recipient key"));
  final XWingPrivateKey nextRecipientKey = XWingPrivateKey.generate(random("next key"));
  final PublishedKey published =
      PublishedKey.of(
          recipientKey.publicKey(), Samples.NOW_MS, Samples.NOW_MS + 24 * Samples.HOUR_MS);
  final PublishedKey nextPublished =
      PublishedKey.of(
          nextRecipientKey.publicKey(),
          Samples.NOW_MS + 12 * Samples.HOUR_MS,
          Samples.NOW_MS + 36 * Samples.HOUR_MS);
  final SealingBatch batch = Samples.batch(2, 40);
  final Sealed sealed =
      new Sealer(FR, Samples.GW, signingKey, random("sealer"), Samples.CLOCK).seal(batch);
  final Envelope envelope = sealed.envelope();
  final OriginNumber number = new OriginNumber(3, Lane.PRIORITY, 42);
  final SessionAnnouncement announcement;
  final Stanza stanza;
  final KeyBundle keyBundle;
  final FulfilmentStatement fulfilment;
  final VoidStatement voidStatement;
  final NoticeStatement notice;
  final SettledStatement settled;
  final RosterStatement roster;
  final ConsentStatement consent;
  final WatermarkStatement watermarks;

  FormatSamples() {
    SessionTerms terms =
        new SessionTerms(
            new SessionTerms.Parties(Samples.FEDERATION, FR, gateway, SG),
            published.validity(),
            3,
            Samples.NOW_MS,
            Samples.NOW_MS + 24 * Samples.HOUR_MS);
    SenderSession session = SenderSession.open(terms, published, pair, random("session"));
    announcement = session.announcement();
    stanza =
        new BindingSigner(Samples.FEDERATION, signingKey)
            .bind(
                envelope.header(),
                SG,
                session.wrap(envelope.header(), number, sealed.contentKey()));
    keyBundle =
        KeyBundle.sign(
            new KeyBundle.Content(
                StatementFrame.toAll(Samples.FEDERATION, SG, Samples.GW, Samples.NOW_MS),
                List.of(gateway),
                List.of(published, nextPublished)),
            pair);
    fulfilment =
        FulfilmentStatement.sign(
            new FulfilmentStatement.Content(
                StatementFrame.toAll(Samples.FEDERATION, SG, Samples.GW, Samples.NOW_MS),
                new Fulfilment(true, List.of(1, 2, 4, 900))),
            pair);
    voidStatement = VoidStatement.sign(voidContent(), signingKey);
    notice =
        NoticeStatement.sign(
            new NoticeStatement.Content(
                StatementFrame.to(Samples.FEDERATION, FR, Samples.GW, SG, Samples.NOW_MS),
                new byte[] {10, 0}),
            signingKey);
    settled = SettledStatement.sign(settledContent(), signingKey);
    roster = RosterStatement.sign(rosterContent(), signingKey);
    consent = ConsentStatement.sign(consentContent(), signingKey);
    watermarks = WatermarkStatement.sign(watermarkContent(), signingKey);
  }

  private VoidStatement.Content voidContent() {
    return new VoidStatement.Content(
        StatementFrame.to(Samples.FEDERATION, FR, Samples.GW, SG, Samples.NOW_MS),
        List.of(
            new NumberedHeader(number, envelope.header().hash()),
            new NumberedHeader(new OriginNumber(3, Lane.ROUTINE, 1), new byte[32])));
  }

  private static SettledStatement.Content settledContent() {
    return new SettledStatement.Content(
        StatementFrame.to(Samples.FEDERATION, FR, Samples.GW, SG, Samples.NOW_MS),
        List.of(
            new SettledNumbers(2, Lane.FLASH, 901), new SettledNumbers(3, Lane.PRIORITY, 1_042)));
  }

  private static RosterStatement.Content rosterContent() {
    byte[] before = new byte[32];
    random("roster before").nextBytes(before);
    byte[] operation = new byte[OperationId.SIZE];
    random("operation").nextBytes(operation);
    return new RosterStatement.Content(
        new RosterStatement.Place(
            StatementFrame.toAll(Samples.FEDERATION, FR, Samples.GW, Samples.NOW_MS),
            OperationId.of(operation),
            2,
            before),
        new RosterStatement.Terms(
            "CALM HARBOUR-7", true, false, Samples.NOW_MS, Samples.NOW_MS + 24 * Samples.HOUR_MS),
        List.of(new RosterMember(FR, RosterRole.LEAD), new RosterMember(SG, RosterRole.OBSERVER)));
  }

  private ConsentStatement.Content consentContent() {
    return new ConsentStatement.Content(
        StatementFrame.to(Samples.FEDERATION, FR, Samples.GW, SG, Samples.NOW_MS),
        MessageId.fresh(Samples.NOW_MS, random("consent")),
        new ConsentStatement.Terms(
            batch.items().stream().map(SealingItem::id).toList(),
            List.of(DE, new AgencyName("us.cbp")),
            List.of("GB", "US"),
            List.of(1, 5),
            Samples.NOW_MS + 24 * Samples.HOUR_MS));
  }

  private WatermarkStatement.Content watermarkContent() {
    return new WatermarkStatement.Content(
        StatementFrame.to(Samples.FEDERATION, SG, Samples.GW, FR, Samples.NOW_MS),
        List.of(
            new Watermark(2, Lane.FLASH, 900, List.of()),
            new Watermark(
                3,
                Lane.PRIORITY,
                40,
                List.of(new Watermark.Range(42, 42), new Watermark.Range(44, 60)))),
        List.of(
            NumberedHeader.ofUnknownContent(new OriginNumber(2, Lane.FLASH, 900)),
            new NumberedHeader(new OriginNumber(3, Lane.PRIORITY, 44), envelope.header().hash())));
  }

  static SeededRandom random(String use) {
    return new SeededRandom(SEED + ": " + use);
  }
}
