package org.entente.gateway.store;

import java.util.Locale;
import org.entente.gateway.store.StoreFailure.Kind;
import org.rocksdb.RocksDBException;
import org.rocksdb.Status;

/** Maps a RocksDB status to a {@link StoreFailure}. */
final class RocksFailureMapper {
  private RocksFailureMapper() {}

  static StoreFailure of(String doing, RocksDBException cause) {
    Kind kind = kind(cause);
    return new StoreFailure(kind, doing + ": " + words(kind) + " (" + text(cause) + ")", cause);
  }

  private static Kind kind(RocksDBException cause) {
    Status status = cause.getStatus();
    String text = text(cause).toLowerCase(Locale.ROOT);
    if ((status != null && status.getSubCode() == Status.SubCode.NoSpace)
        || text.contains("no space left on device")) {
      return Kind.DISK_FULL;
    }
    if (text.contains("while lock file") || text.contains("lock hold by current process")) {
      return Kind.LOCKED;
    }
    if (status != null && status.getCode() == Status.Code.Corruption) {
      return Kind.CORRUPT;
    }
    return text.contains("not supported operation in read only mode") ? Kind.READ_ONLY : Kind.IO;
  }

  private static String words(Kind kind) {
    return switch (kind) {
      case DISK_FULL -> "the disk is full";
      case CORRUPT -> "the bytes on the disk are not those that were written";
      case LOCKED -> "another store has the directory open";
      case READ_ONLY -> "the store is open for reading only";
      default -> "the disk refused";
    };
  }

  private static String text(RocksDBException cause) {
    return cause.getMessage() == null ? cause.toString() : cause.getMessage();
  }
}
