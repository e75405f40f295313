package org.entente.gateway.feature.operator;

import org.entente.gateway.model.NodeName;
import org.entente.gateway.model.Problem;
import org.entente.proto.v1.Backup;
import org.entente.proto.v1.CreateBackupRequest;
import org.entente.proto.v1.ListBackupsResponse;

/** Backups of this gateway's ledger, for operators. */
public interface OwnBackups {
  /** The answer to a request for a backup. */
  sealed interface Answer {
    /** The backup is on the disk. */
    record Made(Backup backup) implements Answer {}

    /** No backup was made. */
    record Refused(Problem problem) implements Answer {}
  }

  /** Makes a backup. */
  Answer create(NodeName client, CreateBackupRequest request);

  /** The answer to a request for the list. */
  sealed interface ListResult {
    /** The existing backups. */
    record Known(ListBackupsResponse response) implements ListResult {}

    /** The backups cannot be read now. */
    record Unknown(Problem problem) implements ListResult {}
  }

  /** Lists the existing backups. */
  ListResult list();
}
