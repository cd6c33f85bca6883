using System.Text;
using SimEval.Actors.Journal;
using Xunit;

namespace SimEval.Conformance.Stores;

/// <summary>What every journal promises. A store is a subclass; there is nothing to opt out of.</summary>
public abstract class ShardStoreConformance : IAsyncLifetime
{
    private static readonly Dictionary<int, MailPosition> FromStart = [];

    protected IShardStore Store { get; private set; } = null!;

    protected abstract ValueTask<IShardStore> OpenAsync();

    public virtual async Task InitializeAsync() => Store = await OpenAsync();

    public virtual async Task DisposeAsync() => await Store.DisposeAsync();

    /// <summary>Spoils a stored entry's bytes behind the store's back.</summary>
    protected abstract void Spoil(int shard, long lsn);

    protected static Encoded Body(string text, int version = 1) => new("Text", version, Encoding.UTF8.GetBytes(text));

    protected static LogEntry Event(long lsn, long seq, string text = "e", string id = "a") =>
        new()
        {
            Lsn = lsn,
            Kind = EntryKind.Event,
            EntityType = "Thing",
            EntityId = id,
            EntitySeq = seq,
            Body = Body(text),
        };

    protected static ShardAppend Append(ShardClaim claim, long after, params LogEntry[] entries) =>
        new()
        {
            Claim = claim,
            AfterLsn = after,
            Entries = entries,
        };

    private static Mail Letter(long lsn, int ordinal, string to, string text) =>
        new(0, new(lsn, ordinal), to, "Thing", "b", Body(text));

    private static string TextOf(Encoded body) => Encoding.UTF8.GetString(body.Payload.Span);

    [Fact]
    public async Task A_first_claim_starts_an_empty_log_at_epoch_one()
    {
        var claim = await Store.ClaimAsync("s", "me");
        Assert.Equal(("s", 1L, 0L), (claim.Name, claim.Epoch, claim.LastLsn));
        Assert.Empty(await Store.ReadLogAsync(claim.Shard, 0, 10));
    }

    [Fact]
    public async Task An_entry_comes_back_as_it_was_written()
    {
        var claim = await Store.ClaimAsync("s", "me");
        var entry = new LogEntry
        {
            Lsn = 1,
            Kind = EntryKind.Outcome,
            EntityType = "Thing",
            EntityId = "größe/1",
            EntitySeq = 1,
            Source = new(7, new(3, 2)),
            Command = new("client", 9),
            Reply = new byte[] { 1, 2 },
            Body = new("Empty", 4, default),
        };
        await Store.AppendAsync(Append(claim, 0, entry));
        var read = Assert.Single(await Store.ReadLogAsync(claim.Shard, 0, 10));
        Assert.Equal(claim.Epoch, read.Epoch);
        Assert.Equal((entry.Kind, entry.EntityType, entry.EntityId), (read.Kind, read.EntityType, read.EntityId));
        Assert.Equal((entry.Source, entry.Command), (read.Source, read.Command));
        Assert.Equal(entry.Reply.ToArray(), read.Reply.ToArray());
        Assert.Equal(("Empty", 4, 0), (read.Body.Manifest, read.Body.Version, read.Body.Payload.Length));
    }

    [Fact]
    public async Task A_large_payload_comes_back_whole()
    {
        var claim = await Store.ClaimAsync("s", "me");
        var large = new string('x', 300_000);
        await Store.AppendAsync(Append(claim, 0, Event(1, 1, large)));
        Assert.Equal(large, TextOf((await Store.ReadLogAsync(claim.Shard, 0, 1))[0].Body));
    }

    [Fact]
    public async Task A_fenced_owner_writes_nothing()
    {
        var old = await Store.ClaimAsync("s", "old");
        await Store.AppendAsync(Append(old, 0, Event(1, 1)));
        var young = await Store.ClaimAsync("s", "young");
        var writes = new ShardAppend[]
        {
            Append(old, 1, Event(2, 2)),
            Append(old, 1) with
            {
                Mail = [Letter(2, 0, "t", "m")],
            },
            Append(old, 1) with
            {
                Snapshots = [new("Thing", "a", 1, Body("s"))],
            },
            Append(old, 1) with
            {
                Checkpoint = new(1, new byte[] { 1 }),
            },
            Append(old, 1) with
            {
                ReadMail = new Dictionary<int, MailPosition> { [1] = new(9, 9) },
            },
        };
        foreach (var write in writes)
            await Assert.ThrowsAsync<FencedException>(async () => await Store.AppendAsync(write));
        await Assert.ThrowsAsync<FencedException>(async () => await Store.RetireAsync(old));
        Assert.Equal((2L, 1L), (young.Epoch, young.LastLsn));
        Assert.Single(await Store.ReadLogAsync(young.Shard, 0, 10));
        Assert.Null(await Store.FindShardAsync("t"));
        Assert.Null(await Store.ReadSnapshotAsync(young.Shard, "Thing", "a"));
        Assert.Null(await Store.ReadCheckpointAsync(young.Shard));
    }

    [Fact]
    public async Task Claims_of_one_shard_give_growing_epochs_and_one_number()
    {
        var claims = new List<ShardClaim>();
        for (var i = 0; i < 5; i++)
            claims.Add(await Store.ClaimAsync("s", $"owner {i}"));
        Assert.Equal([1L, 2, 3, 4, 5], claims.Select(c => c.Epoch));
        Assert.Single(claims.Select(c => c.Shard).Distinct());
        Assert.Equal("owner 4", (await Store.FindShardAsync("s"))!.Owner);
    }

    [Theory]
    [InlineData(0, 2)]
    [InlineData(1, 3)]
    [InlineData(5, 6)]
    public async Task An_append_that_would_leave_a_gap_or_overwrite_is_refused(long after, long first)
    {
        var claim = await Store.ClaimAsync("s", "me");
        await Store.AppendAsync(Append(claim, 0, Event(1, 1)));
        await Assert.ThrowsAsync<LogConflictException>(async () =>
            await Store.AppendAsync(Append(claim, after, Event(first, 2)))
        );
        Assert.Single(await Store.ReadLogAsync(claim.Shard, 0, 10));
    }

    [Fact]
    public async Task The_same_append_twice_is_written_once()
    {
        var claim = await Store.ClaimAsync("s", "me");
        var append = Append(claim, 0, Event(1, 1)) with { Mail = [Letter(1, 0, "t", "m")] };
        await Store.AppendAsync(append);
        await Assert.ThrowsAsync<LogConflictException>(async () => await Store.AppendAsync(append));
        var to = (await Store.FindShardAsync("t"))!;
        Assert.Single(await Store.ReadMailAsync(to.Shard, FromStart, 10));
    }

    [Fact]
    public async Task A_refused_append_leaves_its_neighbours_alone()
    {
        var fenced = await Store.ClaimAsync("fenced", "old");
        await Store.ClaimAsync("fenced", "young");
        var claims = new List<ShardClaim>();
        for (var i = 0; i < 20; i++)
            claims.Add(await Store.ClaimAsync($"s{i}", "me"));
        var good = claims.Select(c => Store.AppendAsync(Append(c, 0, Event(1, 1))).AsTask()).ToList();
        var bad = Store.AppendAsync(Append(fenced, 0, Event(1, 1))).AsTask();
        await Task.WhenAll(good);
        await Assert.ThrowsAsync<FencedException>(() => bad);
        foreach (var claim in claims)
            Assert.Single(await Store.ReadLogAsync(claim.Shard, 0, 10));
    }

    [Fact]
    public async Task An_entity_number_used_twice_is_refused_whole_and_the_store_goes_on()
    {
        var claim = await Store.ClaimAsync("s", "me");
        var other = await Store.ClaimAsync("other", "me");
        await Store.AppendAsync(Append(claim, 0, Event(1, 1)));
        var good = Store.AppendAsync(Append(other, 0, Event(1, 1))).AsTask();
        var bad = Store.AppendAsync(Append(claim, 1, Event(2, 2), Event(3, 1))).AsTask();
        await Assert.ThrowsAsync<StoreException>(() => bad);
        await good;
        Assert.Equal(1, (await Store.FindShardAsync("s"))!.LastLsn);
        await Store.AppendAsync(Append(claim, 1, Event(2, 2)));
    }

    [Fact]
    public async Task A_log_is_read_in_pages_and_an_entity_by_its_own_numbers()
    {
        var claim = await Store.ClaimAsync("s", "me");
        var other = await Store.ClaimAsync("other", "me");
        await Store.AppendAsync(Append(other, 0, Event(1, 1, "foreign")));
        await Store.AppendAsync(
            Append(claim, 0, Event(1, 1, "a1"), Event(2, 1, "b1", "b"), Event(3, 2, "a2"), Event(4, 2, "b2", "b"))
        );
        Assert.Equal([2L, 3], (await Store.ReadLogAsync(claim.Shard, 1, 2)).Select(e => e.Lsn));
        var entity = await Store.ReadEntityAsync(claim.Shard, "Thing", "b", 1, 10);
        Assert.Equal("b2", TextOf(Assert.Single(entity).Body));
        Assert.Equal(["a", "b"], await Store.ListEntitiesAsync(claim.Shard, "Thing", "", 10));
        Assert.Equal(["b"], await Store.ListEntitiesAsync(claim.Shard, "Thing", "a", 10));
        Assert.Empty(await Store.ListEntitiesAsync(claim.Shard, "Other", "", 10));
    }

    [Fact]
    public async Task Mail_is_read_in_order_past_a_cursor_per_sender()
    {
        var one = await Store.ClaimAsync("one", "me");
        var two = await Store.ClaimAsync("two", "me");
        await Store.AppendAsync(
            Append(one, 0, Event(1, 1), Event(2, 2)) with
            {
                Mail = [Letter(1, 0, "to", "1.0"), Letter(1, 1, "to", "1.1"), Letter(2, 0, "to", "2.0")],
            }
        );
        await Store.AppendAsync(Append(two, 0, Event(1, 1)) with { Mail = [Letter(1, 0, "to", "two")] });
        var to = await Store.ClaimAsync("to", "me");
        var all = await Store.ReadMailAsync(to.Shard, FromStart, 10);
        Assert.Equal(["1.0", "1.1", "2.0"], all.Where(m => m.FromShard == one.Shard).Select(m => TextOf(m.Body)));
        Assert.Equal(["two"], all.Where(m => m.FromShard == two.Shard).Select(m => TextOf(m.Body)));
        var after = new Dictionary<int, MailPosition> { [one.Shard] = new(1, 0), [two.Shard] = new(1, 0) };
        Assert.Equal(["1.1"], (await Store.ReadMailAsync(to.Shard, after, 1)).Select(m => TextOf(m.Body)));
    }

    [Fact]
    public async Task Read_mail_is_removed_and_the_rest_stays()
    {
        var from = await Store.ClaimAsync("from", "me");
        var to = await Store.ClaimAsync("to", "me");
        var mail = Enumerable.Range(0, 5).Select(i => Letter(1, i, "to", $"{i}")).ToList();
        await Store.AppendAsync(Append(from, 0, Event(1, 1)) with { Mail = mail });
        await Store.AppendAsync(
            Append(to, 0) with
            {
                ReadMail = new Dictionary<int, MailPosition> { [from.Shard] = new(1, 2) },
            }
        );
        var left = await Store.ReadMailAsync(to.Shard, FromStart, 10);
        Assert.Equal(["3", "4"], left.Select(m => TextOf(m.Body)));
    }

    [Fact]
    public async Task The_newest_snapshot_and_checkpoint_are_found()
    {
        var claim = await Store.ClaimAsync("s", "me");
        for (var seq = 1; seq <= 4; seq++)
        {
            await Store.AppendAsync(
                Append(claim, seq - 1, Event(seq, seq)) with
                {
                    Snapshots = [new("Thing", "a", seq, Body($"state {seq}"))],
                    Checkpoint = new(seq, new byte[] { (byte)seq }),
                }
            );
        }

        var snapshot = (await Store.ReadSnapshotAsync(claim.Shard, "Thing", "a"))!;
        Assert.Equal((4L, "state 4"), (snapshot.EntitySeq, TextOf(snapshot.State)));
        var checkpoint = (await Store.ReadCheckpointAsync(claim.Shard))!;
        Assert.Equal((4L, 4), (checkpoint.Lsn, checkpoint.Payload.Span[0]));
        Assert.Null(await Store.ReadSnapshotAsync(claim.Shard, "Thing", "b"));
    }

    [Fact]
    public async Task A_retired_shard_is_empty_and_can_not_come_back()
    {
        var claim = await Store.ClaimAsync("s", "me");
        var other = await Store.ClaimAsync("other", "me");
        await Store.AppendAsync(
            Append(claim, 0, Event(1, 1)) with
            {
                Mail = [Letter(1, 0, "other", "last words")],
                Snapshots = [new("Thing", "a", 1, Body("s"))],
                Checkpoint = new(1, new byte[] { 1 }),
            }
        );
        await Store.AppendAsync(Append(other, 0, Event(1, 1)) with { Mail = [Letter(1, 0, "s", "unread")] });
        await Store.RetireAsync(claim);
        Assert.True((await Store.FindShardAsync("s"))!.Retired);
        Assert.Empty(await Store.ReadLogAsync(claim.Shard, 0, 10));
        Assert.Empty(await Store.ReadMailAsync(claim.Shard, FromStart, 10));
        Assert.Null(await Store.ReadSnapshotAsync(claim.Shard, "Thing", "a"));
        Assert.Null(await Store.ReadCheckpointAsync(claim.Shard));
        await Assert.ThrowsAsync<ShardRetiredException>(async () => await Store.ClaimAsync("s", "me"));
        await Assert.ThrowsAsync<ShardRetiredException>(async () =>
            await Store.AppendAsync(Append(claim, 1, Event(2, 2)))
        );
        var receipt = await Store.AppendAsync(
            Append(other, 1, Event(2, 2)) with
            {
                Mail = [Letter(2, 0, "s", "too late")],
            }
        );
        Assert.Equal(1, receipt.Undeliverable);
        Assert.Equal("last words", TextOf((await Store.ReadMailAsync(other.Shard, FromStart, 10)).Single().Body));
    }

    [Fact]
    public async Task A_spoiled_entry_is_seen_and_not_believed()
    {
        var claim = await Store.ClaimAsync("s", "me");
        await Store.AppendAsync(Append(claim, 0, Event(1, 1), Event(2, 2), Event(3, 3)));
        Spoil(claim.Shard, 2);
        var failure = await Assert.ThrowsAsync<StoreException>(async () =>
            await Store.ReadLogAsync(claim.Shard, 0, 10)
        );
        Assert.Equal(StoreTrouble.Damaged, failure.Trouble);
        Assert.Single(await Store.ReadLogAsync(claim.Shard, 2, 10));
    }

    [Fact]
    public async Task A_setting_is_agreed_on_once()
    {
        Assert.Equal("8", await Store.AgreeAsync("shards", "8"));
        Assert.Equal("8", await Store.AgreeAsync("shards", "16"));
    }

    [Fact]
    public async Task Shards_are_listed_by_number_with_their_last_positions()
    {
        var first = await Store.ClaimAsync("first", "me");
        await Store.ClaimAsync("second", "me");
        await Store.AppendAsync(Append(first, 0, Event(1, 1), Event(2, 2)));
        var shards = await Store.ListShardsAsync();
        Assert.Equal(["first", "second"], shards.Select(s => s.Name));
        Assert.Equal([2L, 0], shards.Select(s => s.LastLsn));
    }

    [Fact]
    public async Task Fold_of_snapshot_and_tail_is_the_fold_of_all()
    {
        var claim = await Store.ClaimAsync("s", "me");
        var total = 0;
        for (var seq = 1; seq <= 30; seq++)
        {
            total += seq * seq;
            await Store.AppendAsync(
                Append(claim, seq - 1, Event(seq, seq, $"{seq * seq}")) with
                {
                    Snapshots = seq % 7 == 0 ? [new("Thing", "a", seq, Body($"{total}"))] : [],
                }
            );
        }

        var all = await Store.ReadEntityAsync(claim.Shard, "Thing", "a", 0, 100);
        var snapshot = (await Store.ReadSnapshotAsync(claim.Shard, "Thing", "a"))!;
        var tail = await Store.ReadEntityAsync(claim.Shard, "Thing", "a", snapshot.EntitySeq, 100);
        Assert.Equal(28, snapshot.EntitySeq);
        Assert.Equal(total, all.Sum(e => int.Parse(TextOf(e.Body))));
        Assert.Equal(total, int.Parse(TextOf(snapshot.State)) + tail.Sum(e => int.Parse(TextOf(e.Body))));
    }
}
