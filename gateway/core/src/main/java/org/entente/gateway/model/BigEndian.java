package org.entente.gateway.model;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Reads and writes whole numbers in network byte order, as in every format of Entente. */
public final class BigEndian {
  private static final VarHandle U64 =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
  private static final VarHandle U32 =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);

  private BigEndian() {}

  /** The 8 bytes from an offset. */
  public static long u64(byte[] bytes, int offset) {
    return (long) U64.get(bytes, offset);
  }

  /** Writes 8 bytes at an offset. */
  public static void putU64(byte[] bytes, int offset, long value) {
    U64.set(bytes, offset, value);
  }

  /** The 4 bytes from an offset. */
  public static int u32(byte[] bytes, int offset) {
    return (int) U32.get(bytes, offset);
  }

  /** Writes 4 bytes at an offset. */
  public static void putU32(byte[] bytes, int offset, int value) {
    U32.set(bytes, offset, value);
  }
}
