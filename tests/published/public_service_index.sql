-- The public-service index of Decision 766/QĐ-TTg (23/6/2022), worked out by an auditor from the rows alone.
--
-- Nothing of the program is used here: only the table of records and the fields of their documents. Run it in psql:
--
--     psql -v first=2026-07-01 -v after=2026-10-01 -v months=3 -v now="2026-10-05 00:00+07" -f public_service_index.sql
--
-- first and after: the first day of the period and the day after its last; months: its length; now: when the index was computed.
-- One row comes for each unit (a territory, '' for the country, a ministry by its code) and criterion; group scores are the sum
-- of their parts' points, in proportion where a part has nothing to divide by.

WITH record AS (
    SELECT register.key AS register, record.payload AS p
    FROM data_registry_record record
    JOIN data_registry_source source ON source.id = record.source_id AND source.trusted
    JOIN data_registry_register register ON register.id = source.register_id
    WHERE record.known_to IS NULL AND NOT record.closed
), place AS (
    SELECT p->>'code' AS code, coalesce(p->>'parent', '') AS parent FROM record WHERE register = 'administrative-units'
), row_of AS (
    -- Every record counts for the country, its territory, the province above, and the ministry whose office it is of.
    SELECT register, p, '' AS unit FROM record
    UNION ALL
    SELECT register, p, place.code FROM record JOIN place ON place.code = p->>'territory'
    WHERE register <> 'administrative-units'
    UNION ALL
    SELECT register, p, place.parent FROM record JOIN place ON place.code = p->>'territory' AND place.parent <> ''
    WHERE register <> 'administrative-units'
    UNION ALL
    SELECT register, p, split_part(p->>'agency', '.', 1) FROM record WHERE p->>'agency' ~ '^G'
), dossier AS (
    SELECT unit, p,
        (p->>'received_on')::date >= :'first' AND (p->>'received_on')::date < :'after' AS received,
        coalesce((p->>'ended_on')::date >= :'first' AND (p->>'ended_on')::date < :'after', false) AS ended
    FROM row_of WHERE register = 'dossiers'
), horizon AS (
    -- What is not over is judged by what was known at the period's end, or now if it is not over.
    SELECT least((:'after'::timestamp AT TIME ZONE 'Asia/Ho_Chi_Minh'), :'now'::timestamptz) AS known
), due AS (
    SELECT unit, (p->>'due_at')::timestamptz AS due, (p->>'supplements')::int AS supplements,
        CASE WHEN (p->>'ended_at')::timestamptz < known THEN (p->>'ended_at')::timestamptz ELSE known END AS finish,
        (p->>'asked_at')::timestamptz AS asked, (p->>'handed_in_at')::timestamptz AS handed_in
    FROM dossier, horizon
    WHERE p->>'due_at' IS NOT NULL AND p->>'state' <> 'withdrawn' AND (p->>'due_at')::timestamptz <= known
      AND (p->>'due_at')::timestamptz >= (:'first'::timestamp AT TIME ZONE 'Asia/Ho_Chi_Minh')
      AND (p->>'due_at')::timestamptz < (:'after'::timestamp AT TIME ZONE 'Asia/Ho_Chi_Minh')
), judged AS (
    SELECT unit, CASE
        WHEN supplements > 1 THEN false
        WHEN supplements = 0 THEN finish <= due
        -- One supplement: the time from asking until it was handed in, or until the end, is not the office's.
        WHEN asked >= finish THEN finish <= due
        WHEN handed_in IS NOT NULL AND handed_in < finish THEN finish - greatest(handed_in - asked, interval '0') <= due
        ELSE asked <= due
    END AS on_time
    FROM due
), service AS (
    SELECT unit, p, EXISTS (
        SELECT FROM record handled
        WHERE handled.register = 'dossiers' AND handled.p->>'procedure' = row_of.p->>'procedure'
          AND (handled.p->>'received_on')::date >= :'first' AND (handled.p->>'received_on')::date < :'after'
          AND starts_with((handled.p->>'agency') || '.', (row_of.p->>'agency') || '.')
    ) AS used
    FROM row_of WHERE register = 'public-services'
), total AS (
    SELECT unit, (p->>'reported')::numeric AS reported, (p->>'portal')::numeric AS portal,
        (p->>'population_used')::numeric AS population,
        (p->>'month' || '-01')::date >= :'first' AND (p->>'month' || '-01')::date < :'after' AS inside,
        left(p->>'month', 4)::int = extract(year FROM :'first'::date) - 1 AS last_year
    FROM row_of WHERE register = 'dossier-totals'
), announced AS (
    SELECT unit, p FROM row_of
    WHERE register = 'announcements' AND (p->>'issued_on')::date >= :'first' AND (p->>'issued_on')::date < :'after'
), unit AS (
    SELECT DISTINCT unit FROM row_of
), synced AS (
    SELECT unit.unit, count(dossier.p) FILTER (WHERE received)::numeric AS top,
        (SELECT CASE WHEN max_now > 0 THEN max_now ELSE max_then * :'months' / 12 END FROM (
            SELECT greatest(coalesce(sum(reported) FILTER (WHERE inside), 0), coalesce(sum(portal) FILTER (WHERE inside), 0)) AS max_now,
                greatest(coalesce(sum(reported) FILTER (WHERE last_year), 0), coalesce(sum(portal) FILTER (WHERE last_year), 0)) AS max_then
            FROM total WHERE total.unit = unit.unit
        ) AS totals) AS bottom
    FROM unit LEFT JOIN dossier ON dossier.unit = unit.unit GROUP BY unit.unit
), counted (criterion, unit, top, bottom) AS (
    SELECT '1.1', unit, count(*) FILTER (WHERE (p->>'notice_days')::int >= CASE p->>'level' WHEN 'ministry' THEN 20 ELSE 5 END), count(*)
    FROM announced GROUP BY unit
    UNION ALL
    SELECT '1.2', unit, count(*) FILTER (WHERE (p->>'publishing_days')::int <= CASE p->>'level' WHEN 'ministry' THEN 10 ELSE 5 END), count(*)
    FROM announced GROUP BY unit
    UNION ALL
    SELECT '1.3', unit, count(*) FILTER (WHERE (p->>'complete')::boolean), count(*) FROM service GROUP BY unit
    UNION ALL
    SELECT '1.4', unit, top, bottom FROM synced
    UNION ALL
    SELECT '2.1', unit, count(*) FILTER (WHERE on_time), count(*) FROM judged GROUP BY unit
    UNION ALL
    SELECT '2.2', unit, coalesce(sum((p->>'working_days')::int), 0), coalesce(sum((p->>'legal_days')::int), 0)
    FROM dossier WHERE ended AND p->>'outcome' IN ('on_time', 'late') GROUP BY unit
    UNION ALL
    SELECT '3.1', unit, count(*) FILTER (WHERE p->>'service_level' <> 'info'), count(*) FROM service GROUP BY unit
    UNION ALL
    SELECT '3.2', unit, count(*) FILTER (WHERE used), count(*) FROM service WHERE p->>'service_level' <> 'info' GROUP BY unit
    UNION ALL
    -- The rate of syncing is at most 1, and both are kept as whole numbers: a quotient is taken once, at the end.
    SELECT '3.3', dossier.unit,
        count(*) FILTER (WHERE ended AND p->>'channel' = 'online' AND (p->>'electronic_result')::boolean)
            * CASE WHEN synced.top < synced.bottom THEN synced.top ELSE 1 END,
        count(*) FILTER (WHERE ended) * CASE WHEN synced.top < synced.bottom OR synced.bottom = 0 THEN synced.bottom ELSE 1 END
    FROM dossier JOIN synced ON synced.unit = dossier.unit GROUP BY dossier.unit, synced.top, synced.bottom
    UNION ALL
    SELECT '3.5', unit, count(*) FILTER (WHERE (p->>'online_payment')::boolean), count(*)
    FROM service WHERE (p->>'has_fee')::boolean GROUP BY unit
    UNION ALL
    SELECT '3.6', unit, count(*) FILTER (WHERE (p->>'paid_online')::boolean), count(*)
    FROM dossier WHERE received AND (p->>'has_fee')::boolean GROUP BY unit
    UNION ALL
    SELECT '4.1', unit, count(*) FILTER (WHERE (p->>'electronic_result')::boolean), count(*) FROM dossier WHERE ended GROUP BY unit
    UNION ALL
    SELECT '4.2', unit, count(*) FILTER (WHERE (p->>'digitised')::boolean AND (p->>'electronic_result')::boolean), count(*)
    FROM dossier WHERE ended GROUP BY unit
    UNION ALL
    SELECT '4.3', unit, count(*) FILTER (WHERE (p->>'papers_reused')::int > 0), count(*) FROM dossier WHERE received GROUP BY unit
    UNION ALL
    SELECT '4.4', unit, sum((p->>'papers_reused')::int), sum((p->>'papers')::int) FROM dossier WHERE received GROUP BY unit
    UNION ALL
    SELECT '4.5', unit, sum(population), sum(reported) FROM total WHERE inside GROUP BY unit
    UNION ALL
    SELECT '5.1', unit, sum((p->>'level')::int), count(*) FROM row_of
    WHERE register = 'ratings' AND (p->>'rated_on')::date >= :'first' AND (p->>'rated_on')::date < :'after' GROUP BY unit
    UNION ALL
    SELECT '5.2', unit, count(*) FILTER (WHERE (p->>'answered_on')::date <= (p->>'due_on')::date), count(*) FROM row_of
    WHERE register = 'feedback' AND (p->>'due_on')::date >= :'first' AND (p->>'due_on')::date < :'after'
      AND (p->>'due_on')::date < (:'now'::timestamptz AT TIME ZONE 'Asia/Ho_Chi_Minh')::date GROUP BY unit
), rule (criterion, above, most, zero) AS (
    VALUES ('1.1', '1', 4, false), ('1.2', '1', 4, false), ('1.3', '1', 4, false), ('1.4', '1', 6, true), ('2.1', '2', 16, false),
        ('2.2', '2', 4, false), ('3.1', '3a', 4, false), ('3.2', '3a', 4, true), ('3.3', '3a', 4, false), ('3.5', '3b', 4, false),
        ('3.6', '3b', 6, false), ('4.1', '4', 6, false), ('4.2', '4', 6, false), ('4.3', '4', 4, false), ('4.4', '4', 3, false),
        ('4.5', '4', 3, false), ('5.1', '5', 12, false), ('5.2', '5', 6, false)
), leaf AS (
    SELECT unit.unit, rule.criterion, rule.above, rule.most::numeric AS most, counted.top::numeric AS top, counted.bottom::numeric AS bottom,
        round(CASE
            -- Communes, for whom their province may report, have nothing here and not 0.
            WHEN coalesce(counted.bottom, 0) = 0 THEN CASE WHEN zero AND length(unit.unit) <> 5 THEN 0 END
            WHEN rule.criterion IN ('3.1', '3.5', '4.2', '4.3') THEN least(most, top * most / (bottom * 0.8))
            WHEN rule.criterion = '3.3' THEN least(most, top * most / (bottom * 0.5))
            -- Half of the time allowed gives all, all of it half, half as much again nothing.
            WHEN rule.criterion = '2.2' THEN least(most, greatest(0, (1.5 * bottom - top) * most / bottom))
            WHEN rule.criterion = '5.1' THEN (top - bottom) * most / (4 * bottom)
            ELSE least(most, top * most / bottom)
        END, 2) AS score
    FROM unit CROSS JOIN rule LEFT JOIN counted ON counted.unit = unit.unit AND counted.criterion = rule.criterion
), part AS (
    SELECT unit, above AS criterion, round(sum(score) * CASE above WHEN '1' THEN 18 WHEN '2' THEN 20 WHEN '3a' THEN 12
            WHEN '3b' THEN 10 WHEN '4' THEN 22 ELSE 18 END / nullif(sum(most) FILTER (WHERE score IS NOT NULL), 0), 2) AS score
    FROM leaf GROUP BY unit, above
), main AS (
    SELECT unit, criterion, score FROM part WHERE criterion NOT IN ('3a', '3b')
    UNION ALL
    SELECT unit, '3', round(sum(score) * 22 / nullif(sum(CASE criterion WHEN '3a' THEN 12 ELSE 10 END)
        FILTER (WHERE score IS NOT NULL), 0), 2)
    FROM part WHERE criterion IN ('3a', '3b') GROUP BY unit
), whole AS (
    SELECT unit, round(sum(score) * 100 / nullif(sum(CASE criterion WHEN '1' THEN 18 WHEN '2' THEN 20 WHEN '5' THEN 18 ELSE 22 END)
        FILTER (WHERE score IS NOT NULL), 0), 2) AS score
    FROM main GROUP BY unit
)
SELECT unit, criterion, top, bottom, score FROM leaf
UNION ALL SELECT unit, criterion, NULL, NULL, score FROM part WHERE criterion IN ('3a', '3b')
UNION ALL SELECT unit, criterion, NULL, NULL, score FROM main
UNION ALL SELECT unit, 'public-service', NULL, NULL, score FROM whole
ORDER BY unit, criterion;
