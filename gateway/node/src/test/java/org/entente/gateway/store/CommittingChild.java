package org.entente.gateway.store;

import java.nio.file.Path;

/** A process that commits numbers for ever and prints each once its commit has returned. */
final class CommittingChild {
  static final int VALUE = 500;

  private CommittingChild() {}

  /** Arguments: the folder and the durability. */
  public static void main(String[] args) {
    Durability durability = Durability.valueOf(args[1]);
    RocksStore store = RocksStore.open(Path.of(args[0]), RocksOptions.defaults());
    int count = NumberedCommits.count(store, VALUE);
    System.out.println("has " + count);
    while (true) {
      count++;
      try {
        store.commit(NumberedCommits.batch(store, count, VALUE), durability);
      } catch (StoreFailure e) {
        System.out.println("failed " + e.kind());
        refuseFurther(store, count);
        return;
      }
      System.out.println(count);
    }
  }

  private static void refuseFurther(RocksStore store, int count) {
    try {
      store.commit(NumberedCommits.batch(store, count + 1, VALUE), Durability.SYNCED);
      System.out.println("accepted after a failure");
    } catch (StoreFailure e) {
      System.out.println("then " + e.kind() + " " + store.state().status());
    }
  }
}
