package org.entente.gateway.feature.watch;

import com.google.protobuf.InvalidProtocolBufferException;
import java.util.List;
import java.util.Set;
import org.entente.gateway.deliver.MessageFilter;
import org.entente.gateway.ledger.Desks;
import org.entente.gateway.ledger.record.CorruptRecord;
import org.entente.gateway.model.NodeName;
import org.entente.proto.store.v1.WatchContent;
import org.entente.proto.store.v1.WatchRecord;
import org.entente.proto.v1.Filter;
import org.entente.proto.v1.OnBehalfOf;

/**
 * An opened watch in memory.
 *
 * @param number its number
 * @param record its stored record
 * @param terms its normalised terms
 * @param filter further conditions
 * @param match the compiled filter
 * @param title its purpose
 * @param person the person who watches, with the justification
 */
record StandingWatch(
    long number,
    String client,
    WatchRecord record,
    Set<String> terms,
    Filter filter,
    MessageFilter match,
    String title,
    OnBehalfOf person) {
  StandingWatch {
    terms = Set.copyOf(terms);
  }

  static StandingWatch of(long number, WatchRecord record, WatchContent content, Desks desks) {
    try {
      Filter filter = Filter.parseFrom(content.getFilter());
      return new StandingWatch(
          number,
          content.getClient(),
          record,
          Set.copyOf(content.getTermsList()),
          filter,
          new MessageFilter(filter, desks.sight(new NodeName(content.getClient()))),
          content.getTitle(),
          OnBehalfOf.parseFrom(content.getOnBehalfOf()));
    } catch (InvalidProtocolBufferException e) {
      throw new CorruptRecord("WATCH", e);
    }
  }

  boolean isOver(long nowMillis) {
    return record.getUntilMs() <= nowMillis;
  }

  /** Which of these terms it watches, in their order. */
  List<String> among(List<String> named) {
    return named.stream().filter(terms::contains).toList();
  }

  /** Names no term. */
  @Override
  public String toString() {
    return "watch " + number;
  }
}
