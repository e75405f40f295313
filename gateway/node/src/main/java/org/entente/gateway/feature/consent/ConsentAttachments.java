package org.entente.gateway.feature.consent;

import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.entente.gateway.feature.consent.ConsentTable.Side;
import org.entente.gateway.ledger.Ledger;
import org.entente.gateway.ledger.record.CorruptRecord;
import org.entente.gateway.ledger.table.EvidenceTable.Voucher;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.seal.PeerKeys;
import org.entente.gateway.seal.format.AgencyPairSource;
import org.entente.gateway.seal.statement.ConsentStatement;
import org.entente.gateway.seal.statement.KeyBundle;
import org.entente.proto.store.v1.ConsentRecord;
import org.entente.proto.v1.CarriedConsent;

/**
 * Builds the consent that travels with a message passed on under it: the originator's statement,
 * and its agency's signed certificate of the signing key. Safe for use by several threads.
 */
public final class ConsentAttachments {
  private final Ledger ledger;
  private final ConsentRecords records;
  private final PeerKeys peerKeys;
  private final AgencyPairSource pairs;

  /** Uses a ledger's consents and the known keys of originators. */
  public ConsentAttachments(
      Ledger ledger, ConsentRecords records, PeerKeys peerKeys, AgencyPairSource pairs) {
    this.ledger = ledger;
    this.records = records;
    this.peerKeys = peerKeys;
    this.pairs = pairs;
  }

  /** The attachment for a consent granted to this agency; empty if the consent is not stored. */
  public Optional<CarriedConsent> of(MessageId consent) {
    ConsentRecord record = ConsentTable.of(ledger).read(Side.ASKER, consent);
    if (record == null) {
      return Optional.empty();
    }
    try {
      return records
          .facts(ConsentTable.place(Side.ASKER, consent), record)
          .flatMap(facts -> Optional.ofNullable(facts.statement()))
          .map(this::carried);
    } catch (CorruptRecord e) {
      return Optional.empty();
    }
  }

  private CarriedConsent carried(ConsentStatement statement) {
    CarriedConsent.Builder out =
        CarriedConsent.newBuilder().setStatement(ByteString.copyFrom(statement.encoded()));
    for (Voucher voucher : vouchers(statement)) {
      CarriedConsent whole =
          out.clone()
              .setVoucher(ByteString.copyFrom(voucher.bytes()))
              .setAnnouncement(voucher.announcement())
              .build();
      if (ConsentSignatureCheck.isSigned(statement, whole, pairs)) {
        return whole;
      }
    }
    // The recipient may know the key already.
    return out.build();
  }

  private List<Voucher> vouchers(ConsentStatement statement) {
    List<Voucher> out = new ArrayList<>();
    peerKeys
        .bundleOf(statement.content().grantor())
        .map(KeyBundle::encoded)
        .ifPresent(bytes -> out.add(new Voucher(false, bytes)));
    out.addAll(ledger.evidence().vouchers(statement.content().grantor()));
    return out;
  }
}
