package org.entente.gateway.ledger.table;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import org.entente.gateway.ledger.commit.Transaction;
import org.entente.gateway.ledger.record.RecordPlace;
import org.entente.gateway.ledger.record.SealedRecord;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.store.KeyBuilder;
import org.entente.gateway.store.Scan;
import org.entente.gateway.store.Store;
import org.entente.gateway.store.Table;
import org.jspecify.annotations.Nullable;

/**
 * Whom this agency's messages went to, by the groups in which they were committed.
 *
 * <pre>
 * SENT  16-byte first id of a group → u8 how many more · their ids · sealed facts
 * </pre>
 *
 * <p>In a table of its own, so that nothing that a member states lies between the groups: the group
 * of an id is searched among those of its time, also for ids that no message has. Safe for use by
 * several threads.
 */
final class SentTable {
  /** Most messages whose groups are in memory; their ids take a MiB. */
  private static final int GROUPED = 1 << 16;

  private final Store store;

  /** The groups that were stored or found last, by their first message. */
  private final NavigableMap<MessageId, MessageGroup> groups = new TreeMap<>();

  /** The first messages of these groups, in the order in which they came. */
  private final Deque<MessageId> order = new ArrayDeque<>();

  private int grouped;

  /** The table in a store. */
  SentTable(Store store) {
    this.store = store;
  }

  /** Where it lies whom the messages of a group went to. */
  static RecordPlace place(MessageGroup group) {
    return new RecordPlace(Table.SENT, key(group.first()), "sent");
  }

  /** Stores the recipients of messages. */
  void put(Transaction tx, MessageGroup group, byte[] sealedFacts) {
    tx.put(Table.SENT, key(group.first()), group.value(sealedFacts));
    tx.afterCommit(() -> remember(group));
  }

  /** Whom the messages of a group went to, sealed, as a transaction sees it. */
  @Nullable SealedRecord read(Transaction tx, MessageGroup group) {
    return record(group, tx.get(Table.SENT, key(group.first())));
  }

  /** The same, as committed. */
  @Nullable SealedRecord read(MessageGroup group) {
    return record(group, store.get(Table.SENT, key(group.first())));
  }

  private static @Nullable SealedRecord record(MessageGroup group, byte @Nullable [] value) {
    return value == null ? null : new SealedRecord(place(group), sealedFacts(value));
  }

  private static byte[] sealedFacts(byte[] value) {
    return Arrays.copyOfRange(value, MessageGroup.bytesIn(value), value.length);
  }

  private void remember(MessageGroup group) {
    synchronized (groups) {
      MessageGroup before = groups.put(group.first(), group);
      grouped += group.size() - (before == null ? 0 : before.size());
      if (before == null) {
        order.addLast(group.first());
      }
      // Never the one just found, however old its messages are: others of it follow.
      while (grouped > GROUPED) {
        MessageGroup longest = groups.remove(order.removeFirst());
        grouped -= longest == null ? 0 : longest.size();
      }
    }
  }

  /** The committed group of a message, or null if this agency sent no such message. */
  @Nullable MessageGroup group(MessageId id) {
    MessageGroup group = remembered(id);
    if (group != null) {
      return group;
    }
    MessageGroup found = group(store, id);
    if (found != null) {
      remember(found);
    }
    return found;
  }

  private @Nullable MessageGroup remembered(MessageId id) {
    synchronized (groups) {
      Map.Entry<MessageId, MessageGroup> near = groups.floorEntry(id);
      while (near != null) {
        if (near.getValue().position(id) >= 0) {
          return near.getValue();
        }
        if (MessageGroup.slot(near.getKey()) != MessageGroup.slot(id)) {
          break;
        }
        near = groups.lowerEntry(near.getKey());
      }
    }
    return null;
  }

  /** The same, as stored. */
  static @Nullable MessageGroup group(Store store, MessageId id) {
    byte[] end = KeyBuilder.endOf(key(id));
    try (Scan scan = store.scan(Table.SENT, MessageGroup.slotBegin(id), end)) {
      while (scan.hasNext()) {
        scan.next();
        MessageGroup group = MessageGroup.of(scan.key(), scan.value());
        if (group.position(id) >= 0) {
          return group;
        }
      }
    }
    return null;
  }

  /** A group and some of its messages. */
  record GroupPart(MessageGroup group, List<MessageId> ids) {}

  /**
   * The committed groups of those messages that this agency sent. The groups of one time are read
   * once, however many ids of that time no message has.
   */
  Collection<GroupPart> groups(Set<MessageId> ids) {
    Map<MessageId, GroupPart> parts = new LinkedHashMap<>();
    List<MessageGroup> stored = List.of();
    long slot = -1;
    for (MessageId id : new TreeSet<>(ids)) {
      MessageGroup group = remembered(id);
      if (group == null) {
        stored = slot == MessageGroup.slot(id) ? stored : stored(id);
        slot = MessageGroup.slot(id);
        group = stored.stream().filter(one -> one.position(id) >= 0).findFirst().orElse(null);
        if (group != null) {
          remember(group);
        }
      }
      if (group != null) {
        MessageGroup known = group;
        parts
            .computeIfAbsent(group.first(), first -> new GroupPart(known, new ArrayList<>()))
            .ids()
            .add(id);
      }
    }
    return parts.values();
  }

  /** The groups of the time of a message. */
  private List<MessageGroup> stored(MessageId id) {
    List<MessageGroup> out = new ArrayList<>();
    try (Scan scan = store.scan(Table.SENT, MessageGroup.slotBegin(id), MessageGroup.slotEnd(id))) {
      while (scan.hasNext()) {
        scan.next();
        out.add(MessageGroup.of(scan.key(), scan.value()));
      }
    }
    return out;
  }

  /** Gives whom the messages of each group went to, sealed, in the order of their first ids. */
  void each(BiConsumer<MessageGroup, SealedRecord> take) {
    try (Scan scan = store.scan(Table.SENT, KeyBuilder.key().done(), null)) {
      while (scan.hasNext()) {
        scan.next();
        MessageGroup group = MessageGroup.of(scan.key(), scan.value());
        take.accept(group, new SealedRecord(place(group), sealedFacts(scan.value())));
      }
    }
  }

  private static byte[] key(MessageId id) {
    return KeyBuilder.key().bytes(id.bytes()).done();
  }
}
