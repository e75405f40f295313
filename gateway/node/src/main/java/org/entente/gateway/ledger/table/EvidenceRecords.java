package org.entente.gateway.ledger.table;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.Timestamps;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.stream.IntStream;
import org.entente.gateway.crypto.Sha256;
import org.entente.gateway.ledger.commit.Transaction;
import org.entente.gateway.ledger.record.CorruptRecord;
import org.entente.gateway.ledger.record.EvidenceName;
import org.entente.gateway.ledger.record.RecentCache;
import org.entente.gateway.ledger.record.RecordPlace;
import org.entente.gateway.ledger.record.RecordSeal;
import org.entente.gateway.ledger.record.SealedRecord;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.EvidenceMessages;
import org.entente.gateway.model.InvalidValue;
import org.entente.gateway.model.MessageId;
import org.entente.proto.store.v1.KeptHeader;
import org.entente.proto.store.v1.SentFacts;
import org.entente.proto.store.v1.SentPart;
import org.entente.proto.v1.EvidenceBatch;
import org.entente.proto.v1.EvidenceItem;
import org.entente.proto.v1.EvidenceKind;
import org.jspecify.annotations.Nullable;

/** Creates evidence items and keeps them sealed; they outlive the content they concern. */
public final class EvidenceRecords {
  /** How long evidence is kept. */
  public static final Duration KEPT = Duration.ofDays(400);

  /** Most terms of a message by which it is found. */
  public static final int MOST_TERMS = 1_024;

  private static final Duration LAST_DAY = Duration.ofDays(2);
  private static final long DAY_SECONDS = Duration.ofDays(1).toSeconds();

  /** Most messages that one record of owed evidence is about. */
  public static final int TOGETHER = EvidenceMessages.MOST;

  /**
   * The consent id of an onward transfer that needed no consent: the field of PASSED_ON always has
   * 16 bytes.
   */
  public static final MessageId NO_CONSENT = MessageId.of(new byte[MessageId.SIZE]);

  /** Size of the cache of recent messages' recipients, in bytes. */
  private static final long RECENT_BYTES = 1 << 20;

  private static final int REASON = 500;

  private final RecordSeal atRest;
  private final AgencyName self;
  private final RetrievalRecords retrievals;

  /**
   * Recipients of recent messages by group, as each recipient soon makes two statements. Kept as
   * bytes: thousands of messages are in transit at a time, and as a dozen objects each they took a
   * third of every garbage collection.
   */
  private final RecentCache<MessageId, byte[]> recent =
      new RecentCache<>(RECENT_BYTES, Integer.MAX_VALUE);

  /** The group that was parsed last: statements about one come together. */
  private volatile @Nullable ParsedGroup parsed;

  @SuppressWarnings("ArrayRecordComponent") // compared by identity
  private record ParsedGroup(byte[] bytes, GroupFacts facts) {}

  /** Creates items stated by an agency. */
  public EvidenceRecords(RecordSeal atRest, AgencyName self) {
    this.atRest = atRest;
    this.self = self;
    this.retrievals = new RetrievalRecords(atRest);
  }

  /** Sealed records of clients' retrievals. */
  public RetrievalRecords retrievals() {
    return retrievals;
  }

  /** Whether an item names a consent for the onward transfer. */
  public static boolean isUnderConsent(EvidenceItem item) {
    return !item.getConsentId().isEmpty()
        && !item.getConsentId().equals(ByteString.copyFrom(NO_CONSENT.bytes()));
  }

  /** A successful outcome, stated by this agency about one recipient. */
  public EvidenceItem item(
      EvidenceKind kind, MessageId id, String recipient, byte[] headerHash, long atMillis) {
    return EvidenceItem.newBuilder()
        .setMessageId(ByteString.copyFrom(id.bytes()))
        .setKind(kind)
        .setAgency(self.value())
        .setRecipient(recipient)
        .setAt(Timestamps.fromMillis(atMillis))
        .setHeaderHash(ByteString.copyFrom(headerHash))
        .build();
  }

  /** The same as a failure, with its code and reason. */
  public EvidenceItem failed(EvidenceItem item, Code code, String reason) {
    String cut = reason.length() > REASON ? reason.substring(0, REASON) : reason;
    return item.toBuilder().setCode(code.name()).setReason(cut).build();
  }

  /** A failure concluded from elapsed time, not from a statement. */
  public EvidenceItem timedOut(EvidenceItem item, Code code, String reason) {
    return failed(item, code, reason).toBuilder().setTimeOut(true).build();
  }

  /** A client's first retrieval of a message, for its origin. */
  public EvidenceItem retrieval(MessageId id, String client, long atMillis) {
    return item(EvidenceKind.EVIDENCE_KIND_RETRIEVAL, id, self.value(), new byte[0], atMillis)
        .toBuilder()
        .setRetrievedBy(client)
        .build();
  }

  /** An item about some of the messages of which all else in it is true, and further such items. */
  public static List<EvidenceItem> about(List<MessageId> ids, EvidenceItem item) {
    List<EvidenceItem> out = new ArrayList<>();
    for (int from = 0; from < ids.size(); from += EvidenceMessages.MOST) {
      int to = Math.min(ids.size(), from + EvidenceMessages.MOST);
      out.add(EvidenceMessages.about(ids.subList(from, to), item));
    }
    return out;
  }

  /**
   * Keeps an item about own messages, unless the same statement is known of them; returns whether
   * it was kept of any.
   */
  public boolean keep(Transaction tx, EvidenceTable book, EvidenceItem item) {
    EvidenceName name = EvidenceName.of(item);
    // By this gateway's clock: a member's own could have keys made for any day.
    Instant until = Instant.ofEpochMilli(tx.nowMillis()).plus(KEPT);
    if (name.isShared()) {
      EvidenceItem shared = item.toBuilder().clearMessageId().clearFurtherMessageIds().build();
      return book.addShared(
          tx,
          name,
          EvidenceMessages.of(item),
          place -> atRest.seal(place, shared.toByteArray(), until));
    }
    return book.add(
        tx,
        name,
        name.most() - kept(item),
        EvidenceName.use(item),
        place -> atRest.seal(place, item.toByteArray(), until));
  }

  /**
   * The places that an item leaves free for others of its name: a failed recall leaves one for its
   * later execution.
   */
  private static int kept(EvidenceItem item) {
    boolean failed = !item.getCode().isEmpty();
    return item.getKind() == EvidenceKind.EVIDENCE_KIND_ERASURE && failed ? 1 : 0;
  }

  /** Queues evidence about a message for return to its origin. */
  public void owe(Transaction tx, EvidenceTable book, AgencyName origin, EvidenceItem item) {
    owe(tx, book, origin, List.of(item));
  }

  /**
   * Queues evidence about messages for return to their origin; one record for up to {@link
   * #TOGETHER} messages.
   */
  public void owe(Transaction tx, EvidenceTable book, AgencyName origin, List<EvidenceItem> items) {
    int from = 0;
    int about = 0;
    for (int to = 0; to < items.size(); to++) {
      about += EvidenceMessages.count(items.get(to));
      if (about > TOGETHER) {
        oweTogether(tx, book, origin, items.subList(from, to));
        from = to;
        about = EvidenceMessages.count(items.get(to));
      }
    }
    oweTogether(tx, book, origin, items.subList(from, items.size()));
  }

  private void oweTogether(
      Transaction tx, EvidenceTable book, AgencyName origin, List<EvidenceItem> items) {
    if (!items.isEmpty()) {
      byte[] batch = EvidenceBatch.newBuilder().addAllItems(items).build().toByteArray();
      // From now, not from what it states: an answer may repeat what was done longer ago.
      Instant until = Instant.ofEpochMilli(tx.nowMillis()).plus(KEPT);
      book.owe(tx, origin, place -> atRest.seal(place, batch, until));
    }
  }

  /** Opens owed items, in the same order, leaving out those that can no longer be opened. */
  public List<EvidenceItem> openOwed(List<EvidenceTable.OwedItems> owed) {
    List<EvidenceItem> out = new ArrayList<>();
    for (EvidenceTable.OwedItems one : owed) {
      atRest
          .open(one.sealedItems())
          .ifPresent(batch -> out.addAll(parseBatch(batch).getItemsList()));
    }
    return out;
  }

  /**
   * All committed evidence of a message that can still be opened, oldest first. Its acceptance
   * follows from the stored recipients.
   */
  public List<EvidenceItem> known(EvidenceTable book, MessageId id) {
    List<EvidenceItem> out = new ArrayList<>();
    sent(book, id)
        .map(
            facts ->
                item(
                    EvidenceKind.EVIDENCE_KIND_SUBMISSION_ACCEPTANCE,
                    id,
                    "",
                    new byte[0],
                    facts.getAcceptedAtMs()))
        .ifPresent(out::add);
    for (SealedRecord one : book.read(id)) {
      atRest.open(one).map(bytes -> parse(bytes, id)).ifPresent(out::add);
    }
    return out;
  }

  /**
   * The tokens of terms by which a message published now can be found while its evidence is kept:
   * of the first {@value #MOST_TERMS}, as each is a record.
   */
  public List<RecordSeal.Token> tokens(List<String> terms, Instant now) {
    return atRest.tokens(terms.subList(0, Math.min(terms.size(), MOST_TERMS)), now.plus(KEPT));
  }

  /** Keeps header and signature of an envelope, sealed, as long as evidence. */
  public void keepHeader(Transaction tx, EvidenceTable book, byte[] header, byte[] signature) {
    KeptHeader kept =
        KeptHeader.newBuilder()
            .setHeader(ByteString.copyFrom(header))
            .setSignature(ByteString.copyFrom(signature))
            .build();
    Instant until = Instant.ofEpochMilli(tx.nowMillis()).plus(KEPT);
    byte[] hash = Sha256.hash(header);
    RecordPlace place = EvidenceTable.headerPlace(hash);
    book.putHeader(tx, hash, atRest.seal(place, kept.toByteArray(), until));
  }

  /** Opens header and signature of an envelope; empty once their bucket has ended. */
  public Optional<KeptHeader> openHeader(SealedRecord sealed) {
    return atRest
        .open(sealed)
        .map(
            bytes -> {
              return CorruptRecord.parse(KeptHeader.parser(), bytes, "EVIDENCE");
            });
  }

  /**
   * Keeps the acceptance and the recipients of messages of this agency: as long as evidence, and as
   * long as any recipient may keep the message. Until then it can be recalled and changed.
   */
  public void accepted(Transaction tx, EvidenceTable book, Map<MessageId, SentFacts> sent) {
    record Shared(long slot, long lastDay) {}
    Map<Shared, List<MessageId>> groups = new LinkedHashMap<>();
    new TreeMap<>(sent)
        .forEach(
            (id, facts) -> {
              long lastDay = until(facts, tx.nowMillis()).getEpochSecond() / DAY_SECONDS;
              groups
                  .computeIfAbsent(
                      new Shared(MessageGroup.slot(id), lastDay), s -> new ArrayList<>())
                  .add(id);
              book.known(tx, id);
            });
    for (List<MessageId> ids : groups.values()) {
      for (int from = 0; from < ids.size(); from += MessageGroup.MOST) {
        List<MessageId> some = ids.subList(from, Math.min(ids.size(), from + MessageGroup.MOST));
        List<SentFacts> facts = some.stream().map(sent::get).toList();
        Instant until = until(facts.get(0), tx.nowMillis());
        keepSent(tx, book, MessageGroup.of(some), GroupFacts.encode(tx.nowMillis(), facts), until);
      }
    }
  }

  /**
   * Keeps that a message of this agency was recalled from some recipients: the latest recall, the
   * latest to each recipient, and the time of the first. Does nothing for an unknown message.
   */
  public void takenBack(
      Transaction tx, EvidenceTable book, MessageId id, MessageId recall, List<AgencyName> from) {
    MessageGroup group = book.sent().group(id);
    Optional<GroupFacts> kept =
        group == null ? Optional.empty() : facts(group, book.sent().read(tx, group));
    if (group == null || kept.isEmpty()) {
      return;
    }
    List<SentFacts> all =
        new ArrayList<>(IntStream.range(0, group.size()).mapToObj(kept.get()::of).toList());
    SentFacts.Builder facts = recalled(all.get(group.position(id)), recall, from);
    if (facts.getTakenBackAtMs() == 0) {
      facts.setTakenBackAtMs(tx.nowMillis());
    }
    SentFacts taken = facts.build();
    all.set(group.position(id), taken);
    long acceptedAt = taken.getAcceptedAtMs();
    Instant until = until(taken, acceptedAt);
    Instant today = Instant.ofEpochMilli(tx.nowMillis());
    byte[] bytes = GroupFacts.encode(acceptedAt, all);
    keepSent(tx, book, group, bytes, until.isBefore(today) ? today : until);
    book.known(tx, id);
  }

  private static SentFacts.Builder recalled(
      SentFacts facts, MessageId recall, List<AgencyName> from) {
    ByteString id = ByteString.copyFrom(recall.bytes());
    SentFacts.Builder out = facts.toBuilder().setRecallId(id).clearRecalls();
    for (int i = 0; i < facts.getRecipientsCount(); i++) {
      ByteString before = i < facts.getRecallsCount() ? facts.getRecalls(i) : ByteString.EMPTY;
      out.addRecalls(from.contains(new AgencyName(facts.getRecipients(i))) ? id : before);
    }
    return out;
  }

  private void keepSent(
      Transaction tx, EvidenceTable book, MessageGroup group, byte[] bytes, Instant until) {
    book.sent().put(tx, group, atRest.seal(SentTable.place(group), bytes, until));
    long now = tx.nowMillis();
    tx.afterCommit(() -> recent.put(group.first(), bytes, bytes.length, now));
  }

  /**
   * Until when the recipients of a message are kept. A recipient that gets it at the last moment
   * may keep it until the end of its last day of retention, by its own clock.
   */
  private static Instant until(SentFacts facts, long acceptedMillis) {
    int days = 0;
    for (SentPart part : facts.getPartsList()) {
      days = Math.max(days, part.getRetentionDays());
    }
    Instant evidence = Instant.ofEpochMilli(acceptedMillis).plus(KEPT);
    Instant content =
        Instant.ofEpochMilli(facts.getExpiresAtMs()).plus(Duration.ofDays(days)).plus(LAST_DAY);
    return content.isAfter(evidence) ? content : evidence;
  }

  /**
   * The recipients of a message of this agency; empty for any other message, and once its bucket
   * has ended.
   */
  public Optional<SentFacts> sent(EvidenceTable book, MessageId id) {
    MessageGroup group = book.sent().group(id);
    if (group == null) {
      return Optional.empty();
    }
    return facts(book, group).map(all -> all.of(group.position(id)));
  }

  /** Those of some messages that this agency sent to a member. */
  public Set<MessageId> sentTo(EvidenceTable book, String member, Set<MessageId> ids) {
    Set<MessageId> sent = new HashSet<>();
    for (SentTable.GroupPart part : book.sent().groups(ids)) {
      facts(book, part.group())
          .ifPresent(
              all ->
                  part.ids().stream()
                      .filter(id -> all.isTo(member, part.group().position(id)))
                      .forEach(sent::add));
    }
    return sent;
  }

  private Optional<GroupFacts> facts(EvidenceTable book, MessageGroup group) {
    byte[] known = recent.get(group.first());
    return known == null ? facts(group, book.sent().read(group)) : Optional.of(parse(group, known));
  }

  /**
   * Passes on the recipients of each message of this agency that can still be opened, in about the
   * order of message ids.
   */
  public void eachSent(EvidenceTable book, BiConsumer<MessageId, SentFacts> take) {
    book.sent()
        .each(
            (group, kept) ->
                facts(group, kept)
                    .ifPresent(
                        all -> {
                          for (int i = 0; i < group.size(); i++) {
                            take.accept(group.id(i), all.of(i));
                          }
                        }));
  }

  private Optional<GroupFacts> facts(MessageGroup group, @Nullable SealedRecord sealed) {
    return sealed == null
        ? Optional.empty()
        : atRest.open(sealed).map(bytes -> parse(group, bytes));
  }

  private GroupFacts parse(MessageGroup group, byte[] bytes) {
    ParsedGroup last = parsed;
    if (last == null || last.bytes() != bytes) {
      last = new ParsedGroup(bytes, GroupFacts.parse(bytes, group.size()));
      parsed = last;
    }
    return last.facts();
  }

  private static EvidenceBatch parseBatch(byte[] bytes) {
    return CorruptRecord.parse(EvidenceBatch.parser(), bytes, "EVIDENCE");
  }

  private static EvidenceItem parse(byte[] bytes, MessageId id) {
    try {
      return EvidenceItem.parseFrom(bytes).toBuilder()
          .setMessageId(ByteString.copyFrom(id.bytes()))
          .build();
    } catch (InvalidProtocolBufferException e) {
      throw new InvalidValue("a serialised evidence item", bytes.length + " other bytes");
    }
  }
}
