package org.entente.gateway.ledger.table;

import org.entente.gateway.ledger.commit.Transaction;
import org.entente.gateway.ledger.record.CorruptRecord;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Lane;
import org.entente.gateway.store.KeyBuilder;
import org.entente.gateway.store.Store;
import org.entente.gateway.store.Table;
import org.entente.proto.store.v1.LinkRecord;
import org.jspecify.annotations.Nullable;

/**
 * Links that an operator paused, and lanes that an alarm stopped, so that both survive a restart.
 *
 * <pre>
 * LINK u8 1 · ascii peer           → LinkRecord: the link is paused
 * LINK u8 2 · ascii peer · u8 lane → LinkRecord: an alarm stopped the lane
 * </pre>
 */
public final class LinkTable {
  private final Store store;

  public LinkTable(Store store) {
    this.store = store;
  }

  /** Why a link is paused, committed; null if it is not. */
  public @Nullable LinkRecord paused(AgencyName peer) {
    return parse(store.get(Table.LINK, key(peer)));
  }

  /** Why a link is paused as the transaction sees it; null if it is not. */
  public @Nullable LinkRecord paused(Transaction tx, AgencyName peer) {
    return parse(tx.get(Table.LINK, key(peer)));
  }

  /** Pauses a link. */
  public void pause(Transaction tx, AgencyName peer) {
    tx.put(
        Table.LINK,
        key(peer),
        LinkRecord.newBuilder().setSinceMs(tx.nowMillis()).build().toByteArray());
  }

  /** Unpauses a link. */
  public void unpause(Transaction tx, AgencyName peer) {
    tx.delete(Table.LINK, key(peer));
  }

  /** The alarm that stopped a lane, committed; null if none did. */
  public @Nullable LinkRecord stopped(AgencyName peer, Lane lane) {
    return parse(store.get(Table.LINK, key(peer, lane)));
  }

  /** The alarm that stopped a lane as the transaction sees it; null if none did. */
  public @Nullable LinkRecord stopped(Transaction tx, AgencyName peer, Lane lane) {
    return parse(tx.get(Table.LINK, key(peer, lane)));
  }

  /** Stops a lane. */
  public void stop(Transaction tx, AgencyName peer, Lane lane, LinkRecord alarm) {
    tx.put(Table.LINK, key(peer, lane), alarm.toByteArray());
  }

  /** Resumes a lane. */
  public void resume(Transaction tx, AgencyName peer, Lane lane) {
    tx.delete(Table.LINK, key(peer, lane));
  }

  private static @Nullable LinkRecord parse(byte @Nullable [] value) {
    if (value == null) {
      return null;
    }
    return CorruptRecord.parse(LinkRecord.parser(), value, "LINK");
  }

  private static byte[] key(AgencyName peer) {
    return KeyBuilder.key().u8(1).ascii(peer.value()).done();
  }

  private static byte[] key(AgencyName peer, Lane lane) {
    return KeyBuilder.key().u8(2).ascii(peer.value()).u8(lane.number()).done();
  }
}
